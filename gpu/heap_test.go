package gpu_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

func TestSmallBuffersShareAPack(t *testing.T) {
	b := newBench(t, 16*gpu.MiB)
	var buffers []*gpu.Buffer
	for i := range 8 { // 8 x 256 KiB fill a granule of 2 MiB
		if plan, err := b.heap.Plan(256 * gpu.KiB); err != nil || plan != map[bool]gpu.Bytes{true: 2 * gpu.MiB}[i == 0] {
			t.Errorf("buffer %d is planned to map %v, %v", i, plan, err)
		}
		buffers = append(buffers, b.alloc(noise(256<<10, uint64(i))))
	}
	if b.heap.Mapped() != 2*gpu.MiB {
		t.Errorf("mapped %v", b.heap.Mapped())
	}
	extents := map[gpu.ExtentID]bool{}
	for i, x := range buffers {
		extents[x.Span().Extent] = true
		b.holds(x, noise(256<<10, uint64(i)))
		if err := b.heap.Seal(x); err != nil {
			t.Fatal(err)
		}
		if protected := b.heap.Protected(x); protected != (i == 7) {
			t.Errorf("after %d of 8 seals the pack is protected: %v", i+1, protected)
		}
	}
	if len(extents) != 1 {
		t.Errorf("%d extents", len(extents))
	}
	if plan, err := b.heap.Plan(1); err != nil || plan != 2*gpu.MiB {
		t.Errorf("a full pack has room: %v, %v", plan, err)
	}
	before := b.heap.Exposures(buffers[0])
	if unmapped := b.free(buffers[3]); unmapped != 0 {
		t.Errorf("unmapped %v", unmapped)
	}
	if b.heap.Exposures(buffers[0]) == before || !b.heap.Protected(buffers[0]) {
		t.Error("the pack was not exposed and protected again")
	}
	again := b.alloc(noise(100, 33)) // opens the pack
	if again.Span().Extent != buffers[0].Span().Extent || b.heap.Protected(buffers[0]) {
		t.Error("the free slot was not used")
	}
	if err := again.WriteAt([]byte{1}, 100); err == nil {
		t.Error("a write beyond the buffer")
	}
	for i, x := range append(buffers[:3:3], append(buffers[4:], again)...) {
		unmapped := b.free(x)
		if want := map[bool]gpu.Bytes{true: 2 * gpu.MiB}[i == 7]; unmapped != want {
			t.Errorf("freeing %d unmapped %v", i, unmapped)
		}
	}
	b.clean()
}

func TestLargeBuffersOwnTheirExtent(t *testing.T) {
	b := newBench(t, 16*gpu.MiB)
	for _, size := range []int{1<<20 + 1, 2 << 20, 2<<20 + 1, 5<<20 - 1} {
		p := noise(size, 1)
		x := b.alloc(p)
		if mapped, ok := gpu.BytesOf(size).RoundUp(2 * gpu.MiB); !ok || b.heap.Mapped() != mapped {
			t.Errorf("%d bytes map %v", size, b.heap.Mapped())
		}
		tail := make([]byte, int(b.heap.Mapped())-size)
		if err := b.dev.Read(gpu.Span{Extent: x.Span().Extent, Offset: gpu.BytesOf(size), Size: gpu.BytesOf(len(tail))}, tail); err != nil || !bytes.Equal(tail, make([]byte, len(tail))) {
			t.Errorf("the tail of %d bytes is not zero: %v", size, err)
		}
		if err := b.heap.Seal(x); err != nil || !b.heap.Protected(x) {
			t.Errorf("sealed: %v", err)
		}
		if err := b.heap.Seal(x); err != nil {
			t.Errorf("sealed twice: %v", err)
		}
		if err := x.WriteAt(p[:1], 0); !errors.Is(err, gpu.ErrInvalidValue) {
			t.Errorf("a write to a sealed buffer: %v", err)
		}
		b.holds(x, p)
		b.free(x)
		b.clean()
	}
}

func TestHeapCapacity(t *testing.T) {
	b := newBench(t, 4*gpu.MiB)
	for _, size := range []gpu.Bytes{0, 4*gpu.MiB + 1, gpu.MaxBytes, gpu.MaxBytes - 4095, 1 << 63} {
		if _, err := b.heap.Alloc(size); !errors.Is(err, gpu.ErrOutOfMemory) && !errors.Is(err, gpu.ErrInvalidValue) {
			t.Errorf("%d bytes: %v", uint64(size), err)
		}
	}
	a := b.alloc(noise(3<<20, 1))
	if _, err := b.heap.Alloc(1); !errors.Is(err, gpu.ErrOutOfMemory) {
		t.Errorf("one byte more: %v", err)
	}
	b.free(a)
	b.free(b.alloc(noise(4<<20, 1)))
}

// TestFreedAndForeignBuffers are refused by everything.
func TestFreedAndForeignBuffers(t *testing.T) {
	b, other := newBench(t, 8*gpu.MiB), newBench(t, 8*gpu.MiB)
	x := b.alloc(noise(100, 1))
	theirs := other.alloc(noise(3<<20, 1))
	theirs2 := other.alloc(noise(3<<20, 1)) // an extent that b does not have
	unfinished, err := b.heap.Scrub(x)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.heap.Free(unfinished); !errors.Is(err, gpu.ErrInvalidValue) {
		t.Errorf("freed without a scrub: %v", err)
	}
	b.free(x)
	one := make([]byte, 1)
	_, errDigest := x.Digest(false, nil)
	_, errResidency := x.Residency()
	_, errScrub := b.heap.Scrub(x)
	_, errForeign := b.heap.Scrub(theirs2)
	_, errNil := b.heap.Scrub(nil)
	for what, err := range map[string]error{"write": x.WriteAt(one, 0), "read": x.ReadAt(one, 0), "digest": errDigest, "residency": errResidency,
		"scrub": errScrub, "seal": b.heap.Seal(x), "foreign": errForeign, "nil": errNil} {
		if !errors.Is(err, gpu.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if b.heap.Forget(x) != 0 || b.heap.Exposures(x) != 0 || b.heap.Protected(x) {
		t.Error("a freed buffer counts")
	}
	other.free(theirs)
	other.free(theirs2)
	if text := fmt.Sprintf("%v %+v %#v %x %s", x, x, x, x, (*gpu.Buffer)(nil)); text != "buffer(100 B) buffer(100 B) buffer(100 B) buffer(100 B) buffer(none)" {
		t.Errorf("printed as %s", text)
	}
}

func TestBufferBounds(t *testing.T) {
	b := newBench(t, 8*gpu.MiB)
	x := b.alloc(noise(5000, 1))
	neighbour := b.alloc(noise(5000, 2))
	for _, row := range []struct {
		off gpu.Bytes
		n   int
		ok  bool
	}{{0, 5000, true}, {0, 5001, false}, {1, 5000, false}, {4999, 1, true}, {5000, 0, true}, {5000, 1, false}, {5001, 0, false}, {gpu.MaxBytes, 1, false}, {gpu.MaxBytes, 0, false}} {
		p := noise(row.n, 3)
		for what, err := range map[string]error{"write": x.WriteAt(p, row.off), "read": x.ReadAt(p, row.off)} {
			if (err == nil) != row.ok || err != nil && !errors.Is(err, gpu.ErrInvalidValue) {
				t.Errorf("%s of %d at %d: %v", what, row.n, uint64(row.off), err)
			}
		}
	}
	b.holds(neighbour, noise(5000, 2))
	b.free(x)
	b.free(neighbour)
}
