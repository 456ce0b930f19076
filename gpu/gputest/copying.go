package gputest

import (
	"bytes"
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
)

func copyRoundTrips(r *rig) {
	id := r.mapped(2)
	size := r.units(2)
	image := pattern(size, 1)
	r.written(id, 0, image)
	for i, at := range []gpu.Span{
		{Offset: 0, Size: 1}, {Offset: 1, Size: 1}, {Offset: 4095, Size: 2}, {Offset: 3, Size: 4096}, {Offset: 12345, Size: 7},
		{Offset: r.unit.SubSat(5), Size: 11}, {Offset: size.SubSat(1), Size: 1}, {Offset: size, Size: 0}, {Offset: 77, Size: 0},
	} {
		at.Extent = id
		p := pattern(at.Size, uint64(i)+2)
		r.ok(r.dev.Write(at, p))
		if got := r.contents(at); !bytes.Equal(got, p) {
			r.Errorf("%d bytes at %d came back changed", uint64(at.Size), uint64(at.Offset))
		}
		start, _ := at.Offset.Int()
		copy(image[start:], p)
	}
	if !bytes.Equal(r.contents(r.whole(id, 2)), image) {
		r.Error("a write changed bytes beside its span")
	}
}

// outside are spans that reach beyond an extent of the given size.
func outside(id gpu.ExtentID, size gpu.Bytes) []gpu.Span {
	return []gpu.Span{
		{Extent: id, Offset: 0, Size: size.AddSat(1)},
		{Extent: id, Offset: 1, Size: size},
		{Extent: id, Offset: size, Size: 1},
		{Extent: id, Offset: size.AddSat(1), Size: 0},
		{Extent: id, Offset: gpu.MaxBytes, Size: 1},
		{Extent: id, Offset: gpu.MaxBytes, Size: gpu.MaxBytes},
		{Extent: id, Offset: 1, Size: gpu.MaxBytes},
		{Extent: id, Offset: gpu.MaxBytes.SubSat(5), Size: 10},
	}
}

func copyBounds(r *rig) {
	id := r.mapped(1)
	r.mapped(1) // a neighbour that nothing may reach
	for _, at := range outside(id, r.units(1)) {
		what := fmt.Sprintf("%d bytes at %d", uint64(at.Size), uint64(at.Offset))
		p := make([]byte, min(at.Size, r.units(2)))
		r.refused("write "+what, r.dev.Write(at, p), gpu.ErrInvalidValue)
		r.refused("read "+what, r.dev.Read(at, p), gpu.ErrInvalidValue)
		r.refused("zero "+what, r.dev.Zero(at), gpu.ErrInvalidValue)
		_, err := r.dev.NonZero(at)
		r.refused("nonzero "+what, err, gpu.ErrInvalidValue)
		_, err = r.dev.Digest([]gpu.DigestJob{{Span: at}})
		r.refused("digest "+what, err, gpu.ErrInvalidValue)
	}
	at := gpu.Span{Extent: id, Size: 10}
	for _, n := range []int{0, 9, 11} {
		r.refused("write of another length", r.dev.Write(at, make([]byte, n)), gpu.ErrInvalidValue)
		r.refused("read of another length", r.dev.Read(at, make([]byte, n)), gpu.ErrInvalidValue)
	}
}

func copyZero(r *rig) {
	id := r.mapped(1)
	all := r.whole(id, 1)
	r.ok(r.dev.Zero(all))
	r.nonZero(all, false)
	for _, offset := range []gpu.Bytes{0, 1, 4095, 4096, 100_000 % r.unit, r.unit.SubSat(1)} {
		at := r.written(id, offset, []byte{0x80})
		r.nonZero(all, true)
		r.nonZero(at, true)
		r.nonZero(gpu.Span{Extent: id, Size: offset}, false)
		after := offset.AddSat(1)
		r.nonZero(gpu.Span{Extent: id, Offset: after, Size: r.unit.SubSat(after)}, false)
		r.ok(r.dev.Zero(at))
	}
	r.nonZero(all, false)
	image := pattern(r.unit, 3)
	r.written(id, 0, image)
	r.ok(r.dev.Zero(gpu.Span{Extent: id, Offset: 4001, Size: 5003}))
	clear(image[4001 : 4001+5003])
	if !bytes.Equal(r.contents(all), image) {
		r.Error("zeroing changed other bytes than its span's")
	}
}

func (r *rig) nonZero(at gpu.Span, want bool) {
	r.Helper()
	got, err := r.dev.NonZero(at)
	r.ok(err)
	if got != want {
		r.Errorf("nonzero of %d bytes at %d: %t", uint64(at.Size), uint64(at.Offset), got)
	}
}
