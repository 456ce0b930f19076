package actors

import (
	"context"
	"errors"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// memtest runs the memory test of a device.
func (r *rig) memtest(ctx context.Context) (gpu.Bytes, error) {
	c := r.env.calls.inner(ctx, "device-0", opControl)
	r.do(&memtestWork{call: c})
	return unpack[gpu.Bytes](<-c.done)
}

// TestMemtestTestsWhatIsFree and leaves what is in use alone.
func TestMemtestTestsWhatIsFree(t *testing.T) {
	r := newRig(t)
	if n, err := r.memtest(t.Context()); n != 16*gpu.MiB || err != nil {
		t.Errorf("tested %v: %v", n, err)
	}
	r.empty()
	s := r.sealed("a", 5000)
	r.control.External(4 * gpu.MiB)
	if n, err := r.memtest(t.Context()); n != 10*gpu.MiB || err != nil {
		t.Errorf("tested %v: %v", n, err)
	}
	if s.serves() != nil {
		t.Error("a shard was tested")
	}
	r.control.Clear()
	r.release(s)
	r.empty()
}

// broken is a device whose memory does not keep what was written.
type broken struct{ gpu.Device }

func (d broken) Read(at gpu.Span, p []byte) error {
	err := d.Device.Read(at, p)
	if len(p) > 0 {
		p[len(p)-1] ^= 0x10
	}
	return err
}

// plain has the device without a kernel that tests memory.
func (r *rig) plain() {
	r.rec.dev = struct{ gpu.Device }{r.rec.dev}
	r.rec.heap = gpu.NewHeap(r.rec.dev)
}

// unable is a device whose kernel cannot test its memory after all.
type unable struct{ gpu.Device }

func (unable) TestMemory(gpu.Span, uint64) (uint64, error) {
	return 0, &gpu.Error{Op: "test memory", Code: gpu.ErrNotSupported}
}

// seeds is a device that keeps what its memory was tested with.
type seeds struct {
	gpu.Device
	used  map[uint64]bool
	spans map[gpu.Span]bool
	bytes gpu.Bytes
}

func (d *seeds) TestMemory(at gpu.Span, seed uint64) (uint64, error) {
	d.used[seed], d.spans[at] = true, true
	d.bytes = d.bytes.AddSat(at.Size)
	return 0, nil
}

// TestMemtestByTheDevice tests each extent whole, once, with a seed of its own,
// and nothing passes through the host.
func TestMemtestByTheDevice(t *testing.T) {
	r := newRig(t)
	d := &seeds{Device: r.rec.dev, used: map[uint64]bool{}, spans: map[gpu.Span]bool{}}
	r.rec.dev, r.rec.heap = d, gpu.NewHeap(d)
	r.control.FailAlways(sim.OpWrite, gpu.ErrUnknown, false)
	r.control.FailAlways(sim.OpRead, gpu.ErrUnknown, false)
	r.control.External(11 * gpu.MiB)
	total := gpu.Bytes(0)
	for range 3 {
		n, err := r.memtest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		total = total.AddSat(n)
	}
	if total == 0 || d.bytes != total || len(d.used) != len(d.spans) || len(d.used) < 3 {
		t.Errorf("%v of %v tested, %d seeds, %d spans", d.bytes, total, len(d.used), len(d.spans))
	}
	r.control.Clear()
	r.empty()
}

// TestMemtestThatFails gives all memory back, scrubbed, and can be repeated.
func TestMemtestThatFails(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for what, row := range map[string]struct {
		ctx     context.Context
		prepare func(r *rig)
		want    error
	}{
		"given up": {cancelled, func(*rig) {}, context.Canceled},
		"memory":   {t.Context(), func(r *rig) { r.control.Fail(sim.OpMemory, 1, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"map":      {t.Context(), func(r *rig) { r.control.Fail(sim.OpMap, 1, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"test":     {t.Context(), func(r *rig) { r.control.Fail(sim.OpTestMemory, 1, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"write":    {t.Context(), func(r *rig) { r.plain(); r.control.Fail(sim.OpWrite, 1, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"read":     {t.Context(), func(r *rig) { r.plain(); r.control.Fail(sim.OpRead, 2, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"zero":     {t.Context(), func(r *rig) { r.control.Fail(sim.OpZero, 1, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"unmap":    {t.Context(), func(r *rig) { r.control.Fail(sim.OpUnmap, 1, gpu.ErrUnknown, false) }, gpu.ErrUnknown},
		"a bit": {t.Context(), func(r *rig) {
			r.rec.dev = broken{r.rec.dev}
			r.rec.heap = gpu.NewHeap(r.rec.dev)
		}, ErrQuarantined},
	} {
		r := newRig(t)
		row.prepare(r)
		if _, err := r.memtest(row.ctx); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", what, err)
		}
		r.control.Clear()
		r.agrees()
		if _, ok := r.rec.dev.(broken); ok {
			r.empty()
			continue
		}
		if n, err := r.memtest(t.Context()); n != 16*gpu.MiB || err != nil { // also what could not be scrubbed
			t.Errorf("%s, then: tested %v: %v", what, n, err)
		}
		r.empty()
	}
}

// TestMemtestPatterns are complements and differ from block to block.
func TestMemtestPatterns(t *testing.T) {
	w := &memtestWork{}
	w.makePatterns()
	blocks := map[string]bool{}
	for i := range w.wrote[0] {
		if w.wrote[0][i] != ^w.wrote[1][i] {
			t.Fatalf("byte %d is not tested both ways", i)
		}
	}
	block := int(gpu.BlockSize)
	for at := 0; at < len(w.wrote[0]); at += block {
		blocks[string(w.wrote[0][at:at+block])] = true
	}
	if len(blocks) < 128 {
		t.Errorf("only %d different blocks", len(blocks))
	}
}
