package vram

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

// withFill adds a kernel that writes: fill(out, n, value).
func withFill(o *Options) { o.Kernels = gputest.Kernels(gputest.PTX()) }

// scribble has a callback fill a shard, and wait until that is done.
func (s *scenario) scribble(id string) error {
	_, err := s.e.Execute(s.t.Context(), ExecuteRequest{Shards: []string{id}}, func(_ context.Context, r *Run) error {
		v, err := r.Shard(id)
		if err != nil {
			return err
		}
		n, err := r.Size(v)
		if err != nil {
			return err
		}
		return r.Launch("gputest_fill", gpu.Dim3{}, gpu.Dim3{}, v, uint64(n), uint32(7))
	})
	return err
}

// TestAKernelThatWritesToSealedMemoryIsStopped where the driver honours
// read-only mappings. The launch itself succeeds, and the write costs the
// context: the device is lost, with its shards.
func TestAKernelThatWritesToSealedMemoryIsStopped(t *testing.T) {
	m := fakeAs(t, cudatest.Config{})
	t.Logf("backend: %s", m.name())
	fatal := make(chan error, 1)
	bubbleOn(t, m, func(t *testing.T, s *scenario) {
		s.unwiped = true
		sealBytes(t, s.e, smallID, s.small)
		sealBytes(t, s.e, largeID, s.large)
		if d := s.e.Devices()[0]; !d.ReadOnly {
			t.Errorf("device: %+v", d)
		}
		err := s.scribble(largeID)
		if !errors.Is(err, ErrDeviceLost) || ExitStatus(err) != 8 || !strings.Contains(err.Error(), "700") {
			t.Errorf("execute: %v", err)
		}
		if err := <-fatal; !errors.Is(err, ErrDeviceLost) {
			t.Errorf("OnFatal was told %v", err)
		}
		if !m.holds(s.large[:64]) || !m.holds(s.large[len(s.large)-64:]) {
			t.Error("the kernel wrote to sealed memory")
		}
		if st := s.e.Status(); st.Devices[0].State != "lost" || st.Shards.Lost != 2 {
			t.Errorf("status: %+v", st)
		}
		for _, id := range []string{smallID, largeID} {
			if _, err := s.e.Verify(t.Context(), id); !errors.Is(err, ErrDeviceLost) {
				t.Errorf("verify %s: %v", id, err)
			}
		}
		if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Errorf("close: %v", err)
		}
	}, withFill, func(o *Options) { o.OnFatal = func(err error) { fatal <- err } })
}

// TestAKernelThatWritesToSealedMemoryIsFound where the driver does not honour
// them, whether it says so or not. The next check of the shard finds it.
func TestAKernelThatWritesToSealedMemoryIsFound(t *testing.T) {
	for name, how := range map[string]cudatest.ReadOnly{"refused": cudatest.ReadOnlyRefused, "ignored": cudatest.ReadOnlyIgnored} {
		t.Run(name, func(t *testing.T) {
			m := fakeAs(t, cudatest.Config{ReadOnly: how})
			t.Logf("backend: %s", m.name())
			bubbleOn(t, m, func(t *testing.T, s *scenario) {
				sealBytes(t, s.e, smallID, s.small)
				sealBytes(t, s.e, largeID, s.large)
				// What a driver reports is all that can be asked without losing the context.
				d := s.e.Devices()[0]
				noted := strings.Contains(strings.Join(d.Notes, "\n"), "does not honour read-only")
				if lies := how == cudatest.ReadOnlyIgnored; d.ReadOnly != lies || noted == lies {
					t.Errorf("device: %+v", d)
				}
				if err := s.scribble(largeID); err != nil {
					t.Errorf("execute: %v", err)
				}
				if err := executeOn(s, largeID); !errors.Is(err, ErrIntegrityViolation) {
					t.Errorf("the next execute: %v", err)
				}
				all := s.e.Incidents()
				if len(all) != 1 || all[0].Shard != largeID || all[0].Reason != "digest" || all[0].BadBlock != 0 {
					t.Errorf("incidents: %+v", all)
				}
				if r, err := s.e.Verify(t.Context(), smallID); err != nil {
					t.Errorf("the other shard: %+v, %v", r, err)
				}
				s.ended()
			}, withFill)
		})
	}
}

// TestAKernelThatLeavesItsShard reads behind the end of a shard that has an
// extent of its own.
func TestAKernelThatLeavesItsShard(t *testing.T) {
	m := fakeAs(t, cudatest.Config{})
	t.Logf("backend: %s", m.name())
	bubbleOn(t, m, func(t *testing.T, s *scenario) {
		s.unwiped = true
		sealBytes(t, s.e, largeID, s.large)
		_, err := s.e.Execute(t.Context(), ExecuteRequest{Shards: []string{largeID}}, func(_ context.Context, r *Run) error {
			v, err := r.Shard(largeID)
			if err != nil {
				return err
			}
			out, err := r.Scratch(8)
			if err != nil {
				return err
			}
			beyond := uint64(len(s.large)) + uint64(m.granularity())
			if err := r.Launch("gputest_sum", gpu.Dim3{}, gpu.Dim3{}, v, beyond, out); err != nil {
				return err
			}
			return r.Read(out, 0, make([]byte, 8))
		})
		if !errors.Is(err, ErrDeviceLost) || ExitStatus(err) != 8 {
			t.Errorf("execute: %v", err)
		}
		if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Errorf("close: %v", err)
		}
	})
}
