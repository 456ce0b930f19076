package vram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestCloseTwiceAndAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if err := s.e.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCallsAfterClose(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		h := sealBytes(t, s.e, smallID, s.small)
		if err := s.close(); err != nil {
			t.Error(err)
		}
		ctx, e := t.Context(), s.e
		calls := map[string]func() error{
			"seal": func() error {
				_, err := e.Seal(ctx, SealRequest{ID: "x", Source: bytes.NewReader(s.small), Size: 5000})
				return err
			},
			"verify":  func() error { _, err := e.Verify(ctx, smallID); return err },
			"all":     func() error { _, err := e.VerifyAll(ctx); return err },
			"handle":  func() error { _, err := e.VerifyHandle(ctx, h); return err },
			"release": func() error { return e.Release(ctx, smallID) },
			"none":    func() error { _, err := e.ReleaseAll(ctx); return err },
			"restart": func() error { return e.RestartWorker(ctx, "x") },
			"unquar":  func() error { return e.UnquarantineDevice(ctx, 0, "x") },
			"note":    func() error { return e.Note(ctx, "x", "y") },
			"flip":    func() error { return e.FlipBit(ctx, smallID, 0, 0) },
			"execute": func() error { return s.execute() },
		}
		for name, call := range calls {
			if err := call(); !errors.Is(err, ErrStopped) {
				t.Errorf("%s after Close: %v", name, err)
			}
		}
		if _, open := <-e.Events(ctx); open {
			t.Error("an event after Close")
		}
		if st := e.Status(); len(st.Devices) != 1 || len(e.Shards()) != 0 || len(e.Incidents()) != 0 {
			t.Errorf("status after Close: %+v", st)
		}
	})
}

// TestCloseWaitsForASeal lets a seal under way finish.
func TestCloseWaitsForASeal(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		more := make(chan struct{})
		source := io.MultiReader(bytes.NewReader(s.large[:1<<20]), after(nil, func([]byte) (int, error) { <-more; return 0, io.EOF }), bytes.NewReader(s.large[1<<20:]))
		sealed := make(chan error, 1)
		go func() {
			_, err := s.e.Seal(t.Context(), SealRequest{ID: largeID, Source: source, Size: 3<<20 + 17})
			sealed <- err
		}()
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- s.e.Close(context.Background()) }()
		synctest.Wait()
		select {
		case err := <-closed:
			t.Errorf("closed while a seal was under way: %v", err)
		default:
		}
		if _, err := s.e.Verify(t.Context(), largeID); !errors.Is(err, ErrStopped) {
			t.Errorf("a request while closing: %v", err)
		}
		close(more)
		if err := <-sealed; err != nil && !errors.Is(err, ErrStopped) {
			t.Errorf("the seal under way: %v", err)
		}
		if err := <-closed; err != nil {
			t.Errorf("close: %v", err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestCloseWithADeadline gives up on a seal whose source never goes on.
func TestCloseWithADeadline(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		more := make(chan struct{})
		sealed := make(chan error, 1)
		go func() {
			_, err := s.e.Seal(t.Context(), SealRequest{ID: largeID, Source: after(s.large[:1<<20], func(p []byte) (int, error) { <-more; return len(p), nil }), Size: 3<<20 + 17})
			sealed <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := s.e.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("close took %v", took)
		}
		if dirty, err := s.faces.Dirty(); dirty != 0 || err != nil {
			t.Errorf("%d bytes left, %v", dirty, err)
		}
		close(more) // the source goes on: the seal must end, and not well
		if err := <-sealed; !errors.Is(err, ErrStopped) {
			t.Errorf("the seal: %v", err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestCloseWhileACallbackRuns waits for the callback.
func TestCloseWhileACallbackRuns(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		sealBytes(t, s.e, largeID, s.large)
		goOn, ran := make(chan struct{}), make(chan error, 1)
		verified := make(chan error, 1)
		go func() {
			_, err := s.run(func(context.Context, *Run) error { <-goOn; return nil })
			ran <- err
		}()
		synctest.Wait()
		go func() { verified <- s.verify() }()
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- s.e.Close(context.Background()) }()
		synctest.Wait()
		close(goOn)
		if err := <-ran; err != nil {
			t.Errorf("execute: %v", err)
		}
		if err := <-verified; err != nil {
			t.Errorf("a verify that was admitted: %v", err)
		}
		if err := <-closed; err != nil {
			t.Errorf("close: %v", err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestCancelledRequests are answered at once, and what they were for is not done.
func TestCancelledRequests(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		sealBytes(t, s.e, largeID, s.large)
		goOn := make(chan struct{})
		first := make(chan error, 1)
		go func() {
			_, err := s.run(func(context.Context, *Run) error { <-goOn; return nil })
			first <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		answers := make(chan error, 4)
		ran := false
		go func() {
			_, err := s.e.Execute(ctx, ExecuteRequest{Shards: []string{smallID}}, func(context.Context, *Run) error { ran = true; return nil })
			answers <- err
		}()
		go func() { _, err := s.e.Verify(ctx, smallID, largeID); answers <- err }()
		go func() { answers <- s.e.Release(ctx, largeID) }()
		go func() {
			_, err := s.e.Seal(ctx, SealRequest{ID: "x", Source: bytes.NewReader(s.small), Size: 5000})
			answers <- err
		}()
		synctest.Wait()
		cancel()
		// A load that was given up waits until its memory is back.
		for range 3 {
			if err := <-answers; !errors.Is(err, ErrCanceled) {
				t.Errorf("got %v", err)
			}
		}
		close(goOn)
		if err := <-answers; !errors.Is(err, ErrCanceled) {
			t.Errorf("got %v", err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if ran {
			t.Error("a callback ran after its caller gave up")
		}
		if _, err := s.e.Shard("x"); !errors.Is(err, ErrNotFound) {
			t.Errorf("the seal that was given up: %v", err)
		}
		s.settled()
		if _, err := s.e.ReleaseAll(t.Context()); err != nil {
			t.Error(err)
		}
		if d := s.e.Devices()[0]; d.Used != 0 || d.Mapped != 0 {
			t.Errorf("memory of a load that was given up stays: %+v", d)
		}
		already, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.e.Seal(already, SealRequest{ID: "y", Source: bytes.NewReader(s.small), Size: 5000}); !errors.Is(err, ErrCanceled) {
			t.Errorf("a context that had ended: %v", err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}
