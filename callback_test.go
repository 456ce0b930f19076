package vram

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// bubble runs a scenario without its steps in a bubble, in which a hang is an
// error and so is a goroutine that is left.
func bubble(t *testing.T, fn func(t *testing.T, s *scenario), change ...func(*Options)) {
	t.Helper()
	bubbleOf(t, func(t *testing.T) (*scenario, error) { return newScenario(t, change...) }, fn)
}

// bubbleOn is bubble for a scenario on the machine.
func bubbleOn(t *testing.T, m machine, fn func(t *testing.T, s *scenario), change ...func(*Options)) {
	t.Helper()
	bubbleOf(t, func(t *testing.T) (*scenario, error) { return newScenarioOn(t, m, change...) }, fn)
}

func bubbleOf(t *testing.T, open func(*testing.T) (*scenario, error), fn func(*testing.T, *scenario)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := open(t)
		if err != nil {
			t.Fatal(err)
		}
		fn(t, s)
		time.Sleep(throttle)
	})
}

func (s *scenario) run(fn func(context.Context, *Run) error) (Receipt, error) {
	return s.e.Execute(s.t.Context(), ExecuteRequest{Shards: []string{smallID}}, fn)
}

func TestCallbackThatPanics(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		_, err := s.run(func(context.Context, *Run) error { panic(testToken) })
		if !errors.Is(err, ErrCallback) || strings.Contains(err.Error(), testToken) {
			t.Errorf("got %v", err)
		}
		if r := s.e.Devices()[0].Restarts; r != 0 {
			t.Errorf("the device restarted %d times", r)
		}
		sealBytes(t, s.e, largeID, s.large)
		if err := s.execute(); err != nil {
			t.Error(err)
		}
		s.settled()
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCallbackThatCallsTheEngine(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		e := s.e
		_, err := s.run(func(ctx context.Context, _ *Run) error {
			calls := map[string]func() error{
				"seal":    func() error { _, err := e.Seal(ctx, SealRequest{ID: "x"}); return err },
				"verify":  func() error { _, err := e.Verify(ctx, smallID); return err },
				"all":     func() error { _, err := e.VerifyAll(ctx); return err },
				"handle":  func() error { _, err := e.VerifyHandle(ctx, Handle{}); return err },
				"release": func() error { return e.Release(ctx, smallID) },
				"none":    func() error { _, err := e.ReleaseAll(ctx); return err },
				"restart": func() error { return e.RestartWorker(ctx, "x") },
				"unquar":  func() error { return e.UnquarantineDevice(ctx, 0, "x") },
				"note":    func() error { return e.Note(ctx, "x", "y") },
				"flip":    func() error { return e.FlipBit(ctx, smallID, 0, 0) },
				"close":   func() error { return e.Close(ctx) },
				"execute": func() error {
					_, err := e.Execute(ctx, ExecuteRequest{Shards: []string{smallID}}, func(context.Context, *Run) error { return nil })
					return err
				},
			}
			for name, call := range calls {
				if err := call(); !errors.Is(err, ErrInvalidInput) {
					t.Errorf("%s from inside a callback: %v", name, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCallbackThatEndsTheThread(t *testing.T) {
	for _, queued := range []bool{false, true} {
		fatal := make(chan error, 1)
		bubble(t, func(t *testing.T, s *scenario) {
			sealBytes(t, s.e, smallID, s.small)
			sealBytes(t, s.e, largeID, s.large)
			after := make(chan error, 1)
			_, err := s.run(func(context.Context, *Run) error {
				if queued {
					go func() { _, err := s.e.Verify(s.t.Context(), largeID); after <- err }()
					synctest.Wait()
				} else {
					after <- ErrDeviceLost
				}
				runtime.Goexit()
				return nil
			})
			if !errors.Is(err, ErrCallback) {
				t.Errorf("the asker got %v", err)
			}
			if err := <-after; !errors.Is(err, ErrDeviceLost) {
				t.Errorf("who waited got %v", err)
			}
			if err := <-fatal; !errors.Is(err, ErrDeviceLost) && !errors.Is(err, ErrCallback) {
				t.Errorf("OnFatal was told %v", err)
			}
			if d := s.e.Devices()[0]; d.State != "lost" {
				t.Errorf("device: %+v", d)
			}
			if _, err := s.e.Verify(t.Context(), smallID); !errors.Is(err, ErrDeviceLost) {
				t.Errorf("verify: %v", err)
			}
			if _, err := s.run(func(context.Context, *Run) error { return nil }); !errors.Is(err, ErrDeviceLost) {
				t.Errorf("execute: %v", err)
			}
			start := time.Now()
			if err := s.e.Close(context.Background()); !errors.Is(err, ErrDeviceLost) {
				t.Errorf("close: %v", err)
			}
			if took := time.Since(start); took > time.Second { // of the bubble
				t.Errorf("close waited %v for a thread that is gone", took)
			}
		}, func(o *Options) { o.OnFatal = func(err error) { fatal <- err } })
	}
}

func TestDeviceLostUnderACallback(t *testing.T) {
	fatal := make(chan error, 1)
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		_, err := s.run(func(_ context.Context, r *Run) error {
			s.faces.Lose()
			_, err := r.Scratch(1)
			return err
		})
		if !errors.Is(err, ErrDeviceLost) || ExitStatus(err) != 8 {
			t.Errorf("execute: %v", err)
		}
		if err := <-fatal; !errors.Is(err, ErrDeviceLost) {
			t.Errorf("OnFatal was told %v", err)
		}
		if c := s.e.Status().Shards; c.Lost != 1 {
			t.Errorf("shards: %+v", c)
		}
		if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Error(err)
		}
	}, func(o *Options) { o.OnFatal = func(err error) { fatal <- err } })
}

func TestKernelThatFails(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		for _, kernel := range []string{"fails", "panics", "missing"} {
			_, err := s.run(func(_ context.Context, r *Run) error { return r.Launch(kernel, gpu.Dim3{}, gpu.Dim3{}) })
			if err == nil || strings.Contains(err.Error(), testToken) {
				t.Errorf("%s: %v", kernel, err)
			}
		}
		s.settled()
		if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Error(err)
		}
	}, func(o *Options) {
		o.Kernels = []gpu.Kernel{
			{Name: "fails", Go: func(gpu.Dim3, gpu.Dim3, gpu.KernelArgs) error { return errors.New(testToken) }},
			{Name: "panics", Go: func(gpu.Dim3, gpu.Dim3, gpu.KernelArgs) error { panic(testToken) }},
		}
	})
}

// TestRunOutlivesItsCallback keeps what a callback was given.
func TestRunOutlivesItsCallback(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		var kept *Run
		var view View
		_, err := s.run(func(_ context.Context, r *Run) (err error) {
			kept = r
			if view, err = r.Shard(smallID); err != nil {
				return err
			}
			if err := r.Read(view, 0, make([]byte, 1)); !errors.Is(err, ErrInvalidInput) && err == nil {
				t.Error("a shard's bytes were read")
			}
			if err := r.Write(view, 0, make([]byte, 1)); err == nil {
				t.Error("a shard's bytes were written")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, errScratch := kept.Scratch(1)
		_, errShard := kept.Shard(smallID)
		for name, err := range map[string]error{"scratch": errScratch, "shard": errShard,
			"launch": kept.Launch("gputest_sum", gpu.Dim3{}, gpu.Dim3{}, view, view), "read": kept.Read(view, 0, nil), "write": kept.Write(view, 0, nil)} {
			if err == nil {
				t.Errorf("%s after the callback", name)
			}
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestKernelThatWritesToAShard faults where the mapping is read-only.
func TestKernelThatWritesToAShard(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		_, err := s.run(func(_ context.Context, r *Run) error {
			v, err := r.Shard(smallID)
			if err != nil {
				return err
			}
			return r.Launch("scribble", gpu.Dim3{}, gpu.Dim3{}, v)
		})
		if err == nil {
			t.Error("a kernel wrote to a sealed shard and nobody said so")
		}
		if _, err := s.e.Verify(t.Context(), smallID); err == nil && s.e.Devices()[0].State == "lost" {
			t.Error("verified on a lost device")
		}
		if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Error(err)
		}
	}, func(o *Options) {
		o.Kernels = []gpu.Kernel{{Name: "scribble", Params: []int{8}, Go: func(_, _ gpu.Dim3, a gpu.KernelArgs) error {
			a.Memory(0)[0]++
			return nil
		}}}
	})
}
