package gputest

import (
	"errors"
	"runtime"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

// rig is one case: a device that is open on the case's own thread.
type rig struct {
	*testing.T
	Harness
	dev  gpu.Device
	unit gpu.Bytes // granularity
}

// newRig locks the test's goroutine to its thread for good, so that the
// thread ends with it. The cleanup runs on the same goroutine.
func newRig(t *testing.T, h Harness) *rig {
	t.Helper()
	runtime.LockOSThread()
	r := &rig{T: t, Harness: h}
	r.open()
	info := r.dev.Info()
	t.Logf("backend %s, device %d: %s", h.Backend.Kind(), info.Index, info.Name)
	t.Cleanup(func() {
		if err := r.dev.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if h.Mapped != nil && h.Mapped() != 0 {
			t.Errorf("%d bytes are mapped after Close", uint64(h.Mapped()))
		}
	})
	return r
}

func (r *rig) open() {
	r.Helper()
	dev, err := r.Backend.Open(r.Index)
	if err != nil {
		r.Fatalf("open: %v", err)
	}
	r.dev, r.unit = dev, dev.Info().Granularity
	if r.unit < 64*gpu.KiB {
		r.Fatalf("a granularity of %s is too small for the suite", r.unit)
	}
}

// offered ends the case if the harness lacks what it needs.
func (r *rig) offered(there bool, what string) bool {
	r.Helper()
	if !there {
		r.Logf("%s: not offered by %s", what, r.Backend.Kind())
	}
	return there
}

func (r *rig) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// refused checks an error that must leave the device usable.
func (r *rig) refused(what string, err error, code gpu.Code) {
	r.Helper()
	if !errors.Is(err, code) || gpu.IsSticky(err) {
		r.Errorf("%s: got %v, want %v", what, err, code)
	}
	var e *gpu.Error
	if !errors.As(err, &e) || e.Op == "" {
		r.Errorf("%s: %v is no *gpu.Error with an operation", what, err)
	}
}

// poisons checks an error that must leave the device useless.
func (r *rig) poisons(what string, err error, code gpu.Code) {
	r.Helper()
	if !errors.Is(err, code) || !gpu.IsSticky(err) {
		r.Errorf("%s: got %v, want %v, and sticky", what, err, code)
	}
}

// units returns n granules as a size.
func (r *rig) units(n uint64) gpu.Bytes {
	r.Helper()
	size, ok := r.unit.Mul(n)
	if !ok {
		r.Fatalf("%d granules are too many", n)
	}
	return size
}

// mapped maps n granules.
func (r *rig) mapped(n uint64) gpu.ExtentID {
	r.Helper()
	id, err := r.dev.Map(r.units(n))
	r.ok(err)
	return id
}

// written writes p at an offset of an extent, and returns where.
func (r *rig) written(id gpu.ExtentID, offset gpu.Bytes, p []byte) gpu.Span {
	r.Helper()
	at := gpu.Span{Extent: id, Offset: offset, Size: gpu.BytesOf(len(p))}
	r.ok(r.dev.Write(at, p))
	return at
}

func (r *rig) contents(at gpu.Span) []byte {
	r.Helper()
	n, ok := at.Size.Int()
	if !ok {
		r.Fatalf("a span of %d bytes", uint64(at.Size))
	}
	p := make([]byte, n)
	r.ok(r.dev.Read(at, p))
	return p
}

// whole is the span of n granules from the start of an extent.
func (r *rig) whole(id gpu.ExtentID, n uint64) gpu.Span {
	r.Helper()
	return gpu.Span{Extent: id, Size: r.units(n)}
}
