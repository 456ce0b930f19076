package gpu_test

import (
	"bytes"
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
	heap    *gpu.Heap // nil when the test has given it up
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
		if b.heap != nil {
			b.clean()
		}
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
