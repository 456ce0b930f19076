package gpu_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// agrees checks that what the device maps is what the heap knows and what it
// calls orphans, and that no buffer lost its bytes or its protection.
func (b *bench) agrees(when string, live map[*gpu.Buffer][]byte) {
	b.t.Helper()
	known := b.heap.Mapped()
	for _, x := range b.heap.Orphans() {
		known = known.AddSat(x.Size)
	}
	if known != b.control.Mapped() {
		b.t.Errorf("%s: the heap knows of %v, the device maps %v", when, known, b.control.Mapped())
	}
	readOnly := map[gpu.ExtentID]bool{}
	for _, x := range b.dev.Extents() {
		readOnly[x.ID] = x.Protection == gpu.ReadOnly
	}
	for x, p := range live {
		b.holds(x, p)
		if b.heap.Protected(x) != readOnly[x.Span().Extent] {
			b.t.Errorf("%s: the heap says protected: %v, the device %v", when, b.heap.Protected(x), readOnly[x.Span().Extent])
		}
	}
}

// life does what a heap can do to small and large buffers, and calls check
// after each step, failed or not. It stops at the first error.
func (b *bench) life(check func(err error, live map[*gpu.Buffer][]byte)) {
	live := map[*gpu.Buffer][]byte{}
	var order []*gpu.Buffer
	for i, size := range []gpu.Bytes{5000, 6000, gpu.MiB + 1, 7000} {
		x, err := b.heap.Alloc(size)
		check(err, live)
		if err != nil {
			return
		}
		n, _ := size.Int()
		p := noise(n, uint64(i))
		err = x.WriteAt(p, 0)
		if err == nil {
			live[x] = p
		}
		check(err, live)
		if err != nil {
			return
		}
		order = append(order, x)
		if i == 1 {
			continue // stays open, and keeps its pack writable
		}
		err = b.heap.Seal(x)
		check(err, live)
		if err != nil {
			return
		}
	}
	for _, x := range order {
		scrub, err := b.heap.Scrub(x)
		check(err, live)
		if err != nil {
			return
		}
		delete(live, x)
		for done := false; !done && err == nil; {
			done, err = scrub.Step(time.Second)
			check(err, live)
		}
		if err == nil {
			_, err = b.heap.Free(scrub)
			check(err, live)
		}
		if err != nil {
			return
		}
	}
}

// doomed is a device of which one call fails, as the simulated one fails it.
type doomed struct {
	gpu.Device
	control *sim.Control
	left    int // calls until that one, it included
}

func (d *doomed) next() gpu.Device {
	if d.left--; d.left == 0 {
		d.control.Fail(sim.OpAny, 1, gpu.ErrUnknown, false)
	}
	return d.Device
}

func (d *doomed) Map(size gpu.Bytes) (gpu.ExtentID, error) { return d.next().Map(size) }
func (d *doomed) Unmap(id gpu.ExtentID) error              { return d.next().Unmap(id) }
func (d *doomed) Protect(id gpu.ExtentID, prot gpu.Protection) error {
	return d.next().Protect(id, prot)
}
func (d *doomed) Write(at gpu.Span, p []byte) error { return d.next().Write(at, p) }
func (d *doomed) Zero(at gpu.Span) error            { return d.next().Zero(at) }
func (d *doomed) NonZero(at gpu.Span) (bool, error) { return d.next().NonZero(at) }

// TestHeapAgreesAfterEveryFault fails each driver call in turn, and looks at
// once and not only after another try.
func TestHeapAgreesAfterEveryFault(t *testing.T) {
	for nth, failed := 1, true; failed; nth++ {
		b := newBench(t, 16*gpu.MiB)
		b.heap = gpu.NewHeap(&doomed{Device: b.dev, control: b.control, left: nth})
		failed = false
		b.life(func(err error, live map[*gpu.Buffer][]byte) {
			failed = failed || err != nil
			b.agrees(fmt.Sprintf("fault %d: %v", nth, err), live)
		})
		if failed != (b.control.Fired() == 1) {
			t.Errorf("fault %d: %d faults, and one was told: %v", nth, b.control.Fired(), failed)
		}
		if !failed && nth < 20 {
			t.Errorf("a life has only %d calls", nth-1)
		}
		b.settle()
	}
}

// TestHeapOnALostDevice forgets what it cannot free.
func TestHeapOnALostDevice(t *testing.T) {
	b := newBench(t, 16*gpu.MiB)
	var all []*gpu.Buffer
	for i, size := range []int{5000, 6000, 3 << 20} {
		all = append(all, b.alloc(noise(size, uint64(i))))
	}
	if err := b.heap.Seal(all[0]); err != nil {
		t.Fatal(err)
	}
	b.control.Fail(sim.OpAny, 1, gpu.ErrECC, true)
	if err := all[1].WriteAt([]byte{1}, 0); !gpu.IsSticky(err) {
		t.Errorf("got %v", err)
	}
	_, errAlloc := b.heap.Alloc(8 << 20)
	_, errDigest := all[0].Digest(false, nil)
	_, errResidency := all[0].Residency()
	for what, err := range map[string]error{"alloc": errAlloc, "digest": errDigest, "residency": errResidency, "seal": b.heap.Seal(all[2])} {
		if !gpu.IsSticky(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if scrub, err := b.heap.Scrub(all[2]); err == nil {
		if done, err := scrub.Step(time.Second); done || !gpu.IsSticky(err) {
			t.Errorf("scrubbed: %v, %v", done, err)
		}
	}
	var sum gpu.Bytes
	for _, x := range all {
		sum = sum.AddSat(b.heap.Forget(x))
	}
	if sum != 6*gpu.MiB || b.heap.Mapped() != 0 {
		t.Errorf("forgot %v, %v are left", sum, b.heap.Mapped())
	}
	if orphans := b.heap.Orphans(); len(orphans) != 2 {
		t.Errorf("orphans: %v", orphans)
	}
	b.heap = nil // its memory is the driver's
}

// settle gives back what a failed life left, whoever knows of it.
func (b *bench) settle() {
	b.t.Helper()
	for _, x := range b.dev.Extents() {
		if err := b.dev.Protect(x.ID, gpu.ReadWrite); err != nil {
			b.t.Fatal(err)
		}
		if err := b.dev.Zero(gpu.Span{Extent: x.ID, Size: x.Size}); err != nil {
			b.t.Fatal(err)
		}
		if err := b.dev.Unmap(x.ID); err != nil {
			b.t.Fatal(err)
		}
	}
	b.heap = gpu.NewHeap(b.dev)
}
