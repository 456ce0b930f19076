package vram

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestTwoEnginesOnOneGPU have a backend each, as in two processes. They share
// nothing but the memory, of which each sees what the other has.
func TestTwoEnginesOnOneGPU(t *testing.T) {
	const g = 64 << 10
	m := fakeAs(t, cudatest.Config{Memory: 2 * gpu.MiB})
	t.Logf("backend: %s", m.name())
	bubbleOn(t, m, func(t *testing.T, first *scenario) {
		second, err := newScenarioOn(t, m, func(o *Options) { o.Backend = quiet{Backend: m.another()} })
		if err != nil {
			t.Fatal(err)
		}
		both := []*scenario{first, second}
		var wait sync.WaitGroup
		for round := range 4 {
			for i, s := range both {
				wait.Go(func() {
					sealBytes(t, s.e, smallID, contents(10*i+round, 5000))
					sealBytes(t, s.e, largeID, contents(10*i+round+50, 3*g+1))
					if err := s.verify(); err != nil {
						t.Errorf("engine %d: %v", i, err)
					}
					if n, err := s.e.ReleaseAll(t.Context()); n != 2 || err != nil {
						t.Errorf("engine %d: released %d, %v", i, n, err)
					}
				})
			}
			wait.Wait()
		}
		// The first takes nearly all memory. The second sees that, and that it
		// is given back.
		full := 0
		for ; ; full++ {
			if err := first.seal(fmt.Sprintf("full-%d", full), contents(full, g))(); err != nil {
				if !errors.Is(err, ErrInsufficientVRAM) {
					t.Errorf("shard %d: %v", full, err)
				}
				break
			}
		}
		if err := second.seal(smallID, second.small)(); !errors.Is(err, ErrInsufficientVRAM) {
			t.Errorf("a seal on a device that another engine has filled: %v", err)
		}
		if d := second.e.Devices()[0]; d.Used != 0 || d.External < gpu.BytesOf(full*g) {
			t.Errorf("the second engine sees %+v", d)
		}
		if err := first.e.Release(t.Context(), "full-0"); err != nil {
			t.Error(err)
		}
		if err := second.seal(smallID, second.small)(); err != nil {
			t.Errorf("a seal when there is room again: %v", err)
		}
		// A flip in the one's memory is nothing to the other, and neither is
		// the one's end.
		p := contents(7, g)
		if err := m.flip(t.Context(), first.e, "full-7", p, 4096, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := first.e.VerifyAll(t.Context()); !errors.Is(err, ErrIntegrityViolation) {
			t.Errorf("the first: %v", err)
		}
		if _, err := second.e.VerifyAll(t.Context()); err != nil || second.e.Status().State != "running" {
			t.Errorf("the second: %v", err)
		}
		if err := first.e.Close(t.Context()); err != nil {
			t.Errorf("close: %v", err)
		}
		if _, err := second.e.VerifyAll(t.Context()); err != nil {
			t.Errorf("the second, after the first: %v", err)
		}
		if err := executeOn(second, smallID); err != nil {
			t.Errorf("execute: %v", err)
		}
		second.ended()
	})
}
