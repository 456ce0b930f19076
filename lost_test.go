package vram

import (
	"context"
	"errors"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestADeviceThatGoesAwayUnderACallback disappears before, and while, a
// callback's kernel runs.
func TestADeviceThatGoesAwayUnderACallback(t *testing.T) {
	onEach(t, shape{}, func(t *testing.T, m machine) {
		fatal := make(chan error, 1)
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			s.unwiped = m.abandons()
			sealBytes(t, s.e, smallID, s.small)
			sealBytes(t, s.e, largeID, s.large)
			_, err := s.run(func(_ context.Context, r *Run) error {
				if _, err := s.sum(r, smallID); err != nil {
					t.Errorf("before: %v", err)
				}
				m.lose()
				_, err := s.sum(r, smallID)
				return err
			})
			if !errors.Is(err, ErrDeviceLost) || ExitStatus(err) != 8 {
				t.Errorf("execute: %v", err)
			}
			s.lost(fatal)
		}, func(o *Options) { o.OnFatal = func(err error) { fatal <- err } })
	})
}

// TestADeviceThatGoesAwayUnderAKernel is lost after the callback has returned.
func TestADeviceThatGoesAwayUnderAKernel(t *testing.T) {
	m := fakeAs(t, cudatest.Config{})
	t.Logf("backend: %s", m.name())
	fatal := make(chan error, 1)
	bubbleOn(t, m, func(t *testing.T, s *scenario) {
		s.unwiped = true
		sealBytes(t, s.e, smallID, s.small)
		sealBytes(t, s.e, largeID, s.large)
		returned, done := make(chan bool), make(chan error, 1)
		go func() {
			_, err := s.run(func(_ context.Context, r *Run) error {
				v, err := r.Shard(smallID)
				if err != nil {
					return err
				}
				out, err := r.Scratch(8)
				if err != nil {
					return err
				}
				m.control.Stall(0) // the kernel does not end
				close(returned)
				return r.Launch("gputest_sum", gpu.Dim3{}, gpu.Dim3{}, v, uint64(8), out)
			})
			done <- err
		}()
		<-returned
		m.lose()
		if err := <-done; !errors.Is(err, ErrDeviceLost) || ExitStatus(err) != 8 {
			t.Errorf("execute: %v", err)
		}
		s.lost(fatal)
	}, func(o *Options) { o.OnFatal = func(err error) { fatal <- err } })
}

// lost checks an engine whose only device is gone, and closes it.
func (s *scenario) lost(fatal <-chan error) {
	s.t.Helper()
	if err := <-fatal; !errors.Is(err, ErrDeviceLost) {
		s.t.Errorf("OnFatal was told %v", err)
	}
	if st := s.e.Status(); st.Devices[0].State != "lost" || st.Shards.Lost != 2 || st.Shards.Total != 2 {
		s.t.Errorf("status: %+v", st)
	}
	for i, do := range []func() error{s.seal("third", s.small), s.verify, s.execute} {
		if err := do(); !errors.Is(err, ErrDeviceLost) {
			s.t.Errorf("step %d on a lost device: %v", i, err)
		}
	}
	if err := s.release(smallID)(); err != nil {
		s.t.Errorf("release on a lost device: %v", err)
	}
	if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
		s.t.Errorf("close: %v", err)
	}
}
