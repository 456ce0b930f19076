package gputest

import (
	"encoding/binary"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// kernels registers the suite's kernels, or says that the device lacks code
// for them.
func (r *rig) kernels() bool {
	r.Helper()
	if !r.offered(r.Backend.Kind() == gpu.KindSimulated || len(r.PTX) > 0, "kernels") {
		return false
	}
	for _, k := range Kernels(r.PTX) {
		r.ok(r.dev.Register(k))
	}
	return true
}

// idle waits until everything that was launched has completed.
func (r *rig) idle() {
	r.Helper()
	for {
		done, err := r.dev.Idle(10 * time.Millisecond)
		r.ok(err)
		if done {
			return
		}
	}
}

func kernelSum(r *rig) {
	if !r.kernels() {
		return
	}
	weights, scratch := r.mapped(1), r.mapped(1)
	data := pattern(10_001, 1)
	at := r.written(weights, 33, data)
	if r.dev.Info().ReadOnlyMappings {
		r.ok(r.dev.Protect(weights, gpu.ReadOnly))
	}
	out := gpu.Span{Extent: scratch, Offset: 64, Size: 8}
	r.ok(r.dev.Launch(sum(at, out)))
	r.idle()
	want := uint64(0)
	for _, b := range data {
		want += uint64(b)
	}
	if got := binary.LittleEndian.Uint64(r.contents(out)); got != want {
		r.Errorf("the kernel's sum is %d, want %d", got, want)
	}
}

// kernelOrder launches without waiting: work on a device is done in order.
func kernelOrder(r *rig) {
	if !r.kernels() {
		return
	}
	id := r.mapped(1)
	at, out := gpu.Span{Extent: id, Size: 1000}, gpu.Span{Extent: id, Offset: 4096, Size: 8}
	for value := range uint32(20) {
		r.ok(r.dev.Launch(fill(at, value)))
		r.ok(r.dev.Launch(sum(at, out)))
		if got := binary.LittleEndian.Uint64(r.contents(out)); got != 1000*uint64(value) {
			r.Fatalf("the sum of a thousand times %d is %d", value, got)
		}
	}
	r.idle()
}

func kernelRegister(r *rig) {
	if !r.kernels() {
		return
	}
	for _, k := range Kernels(r.PTX) {
		r.refused("a name that is taken", r.dev.Register(k), gpu.ErrInvalidValue)
	}
	r.refused("a kernel without code", r.dev.Register(gpu.Kernel{Name: "gputest_none"}), gpu.ErrNotSupported)
	nameless := Kernels(r.PTX)[0]
	nameless.Name = ""
	r.refused("a kernel without a name", r.dev.Register(nameless), gpu.ErrInvalidValue)
}

func kernelBadLaunches(r *rig) {
	if !r.kernels() {
		return
	}
	id := r.mapped(1)
	at := gpu.Span{Extent: id, Size: 16}
	one, two, three := gpu.SpanArg(at), gpu.Uint64Arg(16), gpu.Uint32Arg(1)
	launch := func(args ...gpu.Arg) gpu.Launch { return gpu.Launch{Kernel: fillKernel, Args: args} }
	huge := launch(one, two, three)
	huge.Block = gpu.Dim3{X: 1 << 31, Y: 1 << 31, Z: 1 << 31}
	for _, c := range []struct {
		what   string
		launch gpu.Launch
		code   gpu.Code
	}{
		{"an unknown kernel", gpu.Launch{Kernel: "gputest_unknown"}, gpu.ErrNotFound},
		{"no arguments", launch(), gpu.ErrInvalidValue},
		{"too few arguments", launch(one, two), gpu.ErrInvalidValue},
		{"too many arguments", launch(one, two, three, three), gpu.ErrInvalidValue},
		{"arguments of the wrong size", launch(one, three, two), gpu.ErrInvalidValue},
		{"an extent that is not mapped", launch(gpu.SpanArg(gpu.Span{Extent: id + 1, Size: 16}), two, three), gpu.ErrNotFound},
		{"a block of too many threads", huge, gpu.ErrInvalidValue},
	} {
		r.refused(c.what, r.dev.Launch(c.launch), c.code)
	}
	for _, s := range outside(id, r.units(1)) {
		r.refused("a span beyond its extent", r.dev.Launch(launch(gpu.SpanArg(s), two, three)), gpu.ErrInvalidValue)
	}
	r.ok(r.dev.Launch(launch(one, two, three)))
	r.idle()
}

func residencyHolds(r *rig) {
	id := r.mapped(2)
	for _, prot := range []gpu.Protection{gpu.ReadWrite, gpu.ReadOnly} {
		if prot == gpu.ReadOnly && !protectable(r) {
			return
		}
		r.ok(r.dev.Protect(id, prot))
		got, err := r.dev.Residency(id)
		r.ok(err)
		if v := got.Violations(r.Index, r.units(2)); len(v) > 0 {
			r.Errorf("violations: %v", v)
		}
		if got.Kind != r.Backend.Kind() || got.ReadOnly != (prot == gpu.ReadOnly) {
			r.Errorf("%+v for protection %d", got, prot)
		}
	}
}
