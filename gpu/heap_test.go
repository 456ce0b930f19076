package gpu_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// bench is a heap on a hostile simulated device that any thread may use.
type bench struct {
	t       *testing.T
	dev     gpu.Device
	heap    *gpu.Heap
	control *sim.Control
}

func newBench(t *testing.T, memory gpu.Bytes) *bench {
	t.Helper()
	backend, err := sim.New(sim.Options{Memory: memory, Faults: true, Hostile: true, Seed: 5, AnyThread: true})
	if err != nil {
		t.Fatal(err)
	}
	dev, err := backend.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	control, err := backend.Control(0)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, dev: dev, heap: gpu.NewHeap(dev), control: control}
	t.Cleanup(func() {
		b.clean()
		if err := dev.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// clean checks that heap and device agree and that nothing freed is dirty.
func (b *bench) clean() {
	b.t.Helper()
	if b.heap.Mapped() != b.control.Mapped() || len(b.heap.Orphans()) != 0 {
		b.t.Errorf("the heap maps %v, the device %v, orphans %v", b.heap.Mapped(), b.control.Mapped(), b.heap.Orphans())
	}
	if dirty, err := b.control.Dirty(); dirty != 0 || err != nil {
		b.t.Errorf("%d bytes were freed and not scrubbed, %v", uint64(dirty), err)
	}
}

func (b *bench) alloc(p []byte) *gpu.Buffer {
	b.t.Helper()
	buffer, err := b.heap.Alloc(gpu.BytesOf(len(p)))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := buffer.WriteAt(p, 0); err != nil {
		b.t.Fatal(err)
	}
	return buffer
}

func (b *bench) free(buffer *gpu.Buffer) gpu.Bytes {
	b.t.Helper()
	scrub, err := b.heap.Scrub(buffer)
	for done := false; err == nil && !done; {
		done, err = scrub.Step(time.Millisecond)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	unmapped, err := b.heap.Free(scrub)
	if err != nil {
		b.t.Fatal(err)
	}
	return unmapped
}

func (b *bench) holds(buffer *gpu.Buffer, p []byte) {
	b.t.Helper()
	got := make([]byte, len(p))
	if err := buffer.ReadAt(got, 0); err != nil || !bytes.Equal(got, p) {
		b.t.Errorf("a buffer of %d bytes does not hold what was written: %v", len(p), err)
	}
}

// noise is n bytes of which none is zero.
func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 9))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(1 + r.UintN(255))
	}
	return p
}

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
