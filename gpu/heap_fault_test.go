package gpu_test

import (
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// TestScrubThatDoesNotTake is not believed, and can be tried again.
func TestScrubThatDoesNotTake(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	x := b.alloc(noise(5000, 1))
	b.control.Fail(sim.OpNonZero, 1, gpu.ErrUnknown, false)
	scrub, err := b.heap.Scrub(x)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := scrub.Step(time.Second); done || err == nil {
		t.Errorf("scrubbed: %v, %v", done, err)
	}
	if _, err := b.heap.Free(scrub); err == nil {
		t.Error("freed what was not proven zero")
	}
	b.free(x)
}

// TestHeapSurvivesEveryFault fails each driver call of a life in a pack and
// of one in an extent of its own; each part is tried until it succeeds.
func TestHeapSurvivesEveryFault(t *testing.T) {
	for nth := 1; nth <= 60; nth++ {
		b := newBench(t, 8*gpu.MiB)
		b.control.Fail(sim.OpAny, nth, gpu.ErrUnknown, false)
		twice := func(what string, fn func() error) {
			err := fn()
			if err != nil {
				err = fn()
			}
			if err != nil {
				t.Errorf("fault %d: %s failed twice: %v", nth, what, err)
			}
		}
		var buffers []*gpu.Buffer
		for _, size := range []gpu.Bytes{5000, 6000, 3 * gpu.MiB, 7000} {
			twice("alloc", func() error {
				x, err := b.heap.Alloc(size)
				if err == nil {
					buffers = append(buffers, x)
				}
				return err
			})
		}
		for _, x := range buffers {
			twice("write", func() error { return x.WriteAt([]byte{1, 2, 3}, 0) })
			twice("seal", func() error { return b.heap.Seal(x) })
		}
		for _, x := range buffers {
			twice("free", func() error {
				scrub, err := b.heap.Scrub(x)
				for done := false; err == nil && !done; {
					done, err = scrub.Step(time.Second)
				}
				if err == nil {
					_, err = b.heap.Free(scrub)
				}
				return err
			})
		}
		if b.heap.Mapped() != 0 {
			t.Errorf("fault %d: %v are still mapped", nth, b.heap.Mapped())
		}
		b.control.Clear()
		b.clean()
	}
}

func TestOrphansAndForgetting(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	x, y := b.alloc(noise(100, 1)), b.alloc(noise(100, 2))
	id, err := b.dev.Map(2 * gpu.MiB)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.heap.Orphans(); len(got) != 1 || got[0].ID != id {
		t.Errorf("orphans: %v", got)
	}
	if err := b.dev.Zero(gpu.Span{Extent: id, Size: 2 * gpu.MiB}); err != nil {
		t.Fatal(err)
	}
	if err := b.dev.Unmap(id); err != nil {
		t.Fatal(err)
	}
	if err := b.dev.Zero(x.Span()); err != nil {
		t.Fatal(err)
	}
	if n := b.heap.Forget(x); n != 0 {
		t.Errorf("forgot %v with the first of two", n)
	}
	b.free(y)
}
