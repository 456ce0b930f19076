package gpu_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestForeignBuffersOfTheSameExtent has two heaps whose extents have the same
// ids. What is of one must not touch the other.
func TestForeignBuffersOfTheSameExtent(t *testing.T) {
	ours, theirs := newBench(t, 8*gpu.MiB), newBench(t, 8*gpu.MiB)
	secret := noise(3<<20, 1)
	x, y := ours.alloc(secret), theirs.alloc(noise(3<<20, 2))
	if x.Span().Extent != y.Span().Extent {
		t.Fatalf("extents %d and %d", x.Span().Extent, y.Span().Extent)
	}
	if _, err := ours.heap.Scrub(y); !errors.Is(err, gpu.ErrNotFound) {
		t.Errorf("scrub: %v", err)
	}
	if err := ours.heap.Seal(y); !errors.Is(err, gpu.ErrNotFound) {
		t.Errorf("seal: %v", err)
	}
	scrub, err := y.Scrub()
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		if done, err = scrub.Step(time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ours.heap.Free(scrub); !errors.Is(err, gpu.ErrNotFound) {
		t.Errorf("free: %v", err)
	}
	if n := ours.heap.Forget(y); n != 0 || ours.heap.Exposures(y) != 0 || ours.heap.Protected(y) {
		t.Errorf("forgot %v", n)
	}
	ours.holds(x, secret)
	ours.free(x)
	theirs.free(y)
}

// TestScrubOfWhatIsFreed must not zero memory that is somebody else's by now.
func TestScrubOfWhatIsFreed(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	neighbour := b.alloc(noise(100, 1)) // keeps the pack
	x := b.alloc(noise(5000, 2))
	second, err := x.Scrub()
	if err != nil {
		t.Fatal(err)
	}
	b.free(x)
	heir := b.alloc(noise(5000, 3))
	if heir.Span() != x.Span() {
		t.Fatalf("placed at %+v, not where the freed one was: %+v", heir.Span(), x.Span())
	}
	if done, err := second.Step(time.Second); done || !errors.Is(err, gpu.ErrNotFound) {
		t.Errorf("scrubbed what was freed: %v, %v", done, err)
	}
	if _, err := b.heap.Free(second); !errors.Is(err, gpu.ErrNotFound) {
		t.Errorf("freed twice: %v", err)
	}
	b.holds(heir, noise(5000, 3))
	b.free(heir)
	b.free(neighbour)
}

// TestNothingIsWrittenBehindAScrub keeps the proof true until the memory is
// given back.
func TestNothingIsWrittenBehindAScrub(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	for _, size := range []int{5000, 3 << 20} {
		x := b.alloc(noise(size, 1))
		other := b.alloc(noise(100, 2))
		scrub, err := b.heap.Scrub(x)
		if err != nil {
			t.Fatal(err)
		}
		refuse := func(when string) {
			if err := x.WriteAt([]byte{1}, 0); !errors.Is(err, gpu.ErrInvalidValue) {
				t.Errorf("written %s: %v", when, err)
			}
			if err := b.heap.Seal(x); !errors.Is(err, gpu.ErrInvalidValue) {
				t.Errorf("sealed %s: %v", when, err)
			}
		}
		refuse("before the first step")
		for done := false; !done; {
			if done, err = scrub.Step(time.Nanosecond); err != nil {
				t.Fatal(err)
			}
			refuse("during the scrub")
		}
		got := make([]byte, size)
		if err := x.ReadAt(got, 0); err != nil || !bytes.Equal(got, make([]byte, size)) {
			t.Errorf("the proof is wrong: %v", err)
		}
		if _, err := b.heap.Free(scrub); err != nil {
			t.Fatal(err)
		}
		if err := other.WriteAt([]byte{9}, 0); err != nil {
			t.Errorf("the neighbour: %v", err)
		}
		b.free(other)
	}
}

// stained is a device that finds memory which is not zero, as often as asked.
type stained struct {
	gpu.Device
	times int
}

func (d *stained) NonZero(at gpu.Span) (bool, error) {
	if d.times > 0 {
		d.times--
		return true, nil
	}
	return d.Device.NonZero(at)
}

// TestScrubThatIsNotZero is told apart, cannot be freed, and may be tried
// again from where it was.
func TestScrubThatIsNotZero(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	dev := &stained{Device: b.dev, times: 2}
	b.heap = gpu.NewHeap(dev)
	x := b.alloc(noise(3<<20, 1))
	scrub, err := x.Scrub()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if done, err := scrub.Step(time.Second); done || !errors.Is(err, gpu.ErrScrubFailed) || gpu.IsSticky(err) {
			t.Errorf("scrubbed: %v, %v", done, err)
		}
		if _, err := b.heap.Free(scrub); !errors.Is(err, gpu.ErrInvalidValue) {
			t.Errorf("freed what is not zero: %v", err)
		}
	}
	if b.heap.Mapped() != 4*gpu.MiB {
		t.Errorf("mapped %v", b.heap.Mapped())
	}
	b.free(x)
}
