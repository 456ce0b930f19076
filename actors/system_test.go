package actors

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// live runs a whole system in a bubble and stops it.
func live(t *testing.T, fn func(t *testing.T, s *System, control *sim.Control), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg, control := config(t, change...)
		s, err := Start(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		fn(t, s, control)
		if err := s.Stop(t.Context()); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Errorf("stop: %v", err)
		}
		if dirty, err := control.Dirty(); dirty != 0 || err != nil || control.Mapped() != 0 {
			t.Errorf("%d bytes were left dirty, %v mapped: %v", uint64(dirty), control.Mapped(), err)
		}
		time.Sleep(throttle)
	})
}

func loadAll(t *testing.T, s *System, id string, size int) error {
	t.Helper()
	l, err := s.Load(t.Context(), 0, ShardSpec{ID: id, Size: gpu.BytesOf(size)})
	if err != nil {
		return err
	}
	if err := l.Write(t.Context(), content(size), 0); err != nil {
		l.Abort(err)
		return err
	}
	_, err = l.Seal(t.Context())
	return err
}

// TestIDThatIsTaken takes nothing from the shard that has it.
func TestIDThatIsTaken(t *testing.T) {
	live(t, func(t *testing.T, s *System, _ *sim.Control) {
		if err := loadAll(t, s, "a", 5000); err != nil {
			t.Fatal(err)
		}
		if err := loadAll(t, s, "a", 6000); !errors.Is(err, ErrConflict) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if now := s.Devices()[0].Memory; now.Used != 5000 || now.Reserved != 0 || now.Shards != 1 {
			t.Errorf("the ledger says %+v", now)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if v, err := s.Verify(t.Context(), "a"); err != nil || v.Failure != nil {
			t.Errorf("%+v, %v", v, err)
		}
		if err := s.Release(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		if now := s.Devices()[0].Memory; now.Used != 0 || now.Mapped != 0 {
			t.Errorf("the ledger says %+v", now)
		}
	})
}

// TestReleaseAmongChecks of a shard that takes many slices: no check may find
// a mismatch in what the release has zeroed.
func TestReleaseAmongChecks(t *testing.T) {
	for range 10 {
		live(t, func(t *testing.T, s *System, _ *sim.Control) {
			if err := loadAll(t, s, "a", 8<<20); err != nil {
				t.Fatal(err)
			}
			if err := loadAll(t, s, "b", 5000); err != nil {
				t.Fatal(err)
			}
			var wait sync.WaitGroup
			for range 20 {
				wait.Go(func() {
					v, err := s.Verify(t.Context(), "a")
					if v.Failure != nil || err != nil && !errors.Is(err, ErrNotFound) {
						t.Errorf("%+v, %v", v.Failure, err)
					}
				})
				wait.Go(func() {
					if v, err := s.Verify(t.Context(), "b"); err != nil || v.Failure != nil {
						t.Errorf("%+v, %v", v.Failure, err)
					}
				})
			}
			wait.Go(func() {
				if err := s.Release(t.Context(), "a"); err != nil {
					t.Error(err)
				}
			})
			wait.Wait()
			if n := len(s.Incidents()); n != 0 {
				t.Errorf("%d incidents: %+v", n, s.Incidents())
			}
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestActorsComeBack after a crash at each kind of message, and everything
// serves again.
func TestActorsComeBack(t *testing.T) {
	for _, unit := range []string{"device-0", "shard-1", "judge-0", "auditor", "incidents", "verifier"} {
		var mu sync.Mutex
		armed := false
		probe := func(u string, m any) {
			mu.Lock()
			defer mu.Unlock()
			if _, starting := m.(*actor.Started); armed && u == unit && !starting {
				armed = false
				panic("test")
			}
		}
		live(t, func(t *testing.T, s *System, control *sim.Control) {
			if err := loadAll(t, s, "a", 5000); err != nil {
				t.Fatal(err)
			}
			events := s.Events(t.Context())
			mu.Lock()
			armed = true
			mu.Unlock()
			_, err := s.Verify(t.Context(), "a")
			if err != nil && !errors.Is(err, ErrCrashed) {
				t.Errorf("%s: %v", unit, err)
			}
			s.env.recheck(func(*shard) bool { return true }) // else the shard is told nothing
			_, err = s.RestartWorker(t.Context(), "me")
			if err != nil && !errors.Is(err, ErrCrashed) && !errors.Is(err, ErrAuditFailed) {
				t.Errorf("%s: %v", unit, err)
			}
			time.Sleep(5 * time.Minute) // patrols
			for e := range events {
				if e.Kind == EventRestart && e.Detail == unit {
					break
				}
			}
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("%s: %v", unit, err)
			}
			if v, err := s.Verify(t.Context(), "a"); err != nil || v.Failure != nil {
				t.Errorf("%s: %+v, %v", unit, v, err)
			}
			if _, err := s.RestartWorker(t.Context(), "me"); err != nil {
				t.Errorf("%s: %v", unit, err)
			}
			if err := loadAll(t, s, "b", 5000); err != nil {
				t.Errorf("%s: %v", unit, err)
			}
		}, func(c *Config) { c.Probe, c.PatrolInterval = probe, time.Minute })
	}
}

// TestStartThatFails leaves no thread and no device open.
func TestStartThatFails(t *testing.T) {
	nop := gpu.Kernel{Name: "nop", Go: func(_, _ gpu.Dim3, _ gpu.KernelArgs) error { return nil }}
	for what, change := range map[string]func(*Config){
		"kernel twice":   func(c *Config) { c.Kernels = []gpu.Kernel{nop, nop} },
		"kernel unnamed": func(c *Config) { c.Kernels = []gpu.Kernel{{}} },
	} {
		synctest.Test(t, func(t *testing.T) {
			cfg, _ := config(t, change)
			if _, err := Start(t.Context(), cfg); err == nil {
				t.Fatalf("%s: it started", what)
			}
			cfg.Kernels = nil
			s, err := Start(t.Context(), cfg) // the device is not open still
			if err != nil {
				t.Fatalf("%s: then %v", what, err)
			}
			if err := s.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(throttle)
		})
	}
}

// TestStoppedSystem refuses everything and says why.
func TestStoppedSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, _ := config(t)
		s, err := Start(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := loadAll(t, s, "a", 5000); err != nil || s.Closed() != nil {
			t.Fatal(err)
		}
		events := s.Events(context.Background())
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		last := Event{}
		for e := range events { // ends
			last = e
		}
		_, errLoad := s.Load(t.Context(), 0, ShardSpec{ID: "b", Size: 1})
		_, errRestart := s.RestartWorker(t.Context(), "me")
		_, errMany := s.VerifyMany(t.Context(), nil)
		for what, err := range map[string]error{"closed": s.Closed(), "load": errLoad, "restart": errRestart, "many": errMany} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if last.Kind != EventReleased || len(s.Shards()) != 0 {
			t.Errorf("the last event is %+v; %d shards", last, len(s.Shards()))
		}
		time.Sleep(throttle)
	})
}
