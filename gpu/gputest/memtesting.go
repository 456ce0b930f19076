package gputest

import (
	"bytes"
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
)

// tester is the device as one that tests its memory, or nothing.
func (r *rig) tester() (gpu.MemoryTester, bool) {
	r.Helper()
	d, ok := r.dev.(gpu.MemoryTester)
	return d, r.offered(ok, "testing memory")
}

// memtestClean tests spans of good memory, and looks at what is beside them.
func memtestClean(r *rig) {
	d, ok := r.tester()
	if !ok {
		return
	}
	id := r.mapped(2)
	size := r.units(2)
	image := pattern(size, 1)
	r.written(id, 0, image)
	for i, at := range []gpu.Span{
		{Offset: 0, Size: 8}, {Offset: 16, Size: 8}, {Offset: 4088, Size: 16}, {Offset: 8000, Size: 40_008}, {Offset: 64, Size: 0},
		{Offset: r.unit.SubSat(8), Size: 16}, {Offset: size.SubSat(8), Size: 8}, {Offset: size, Size: 0},
	} {
		at.Extent = id
		r.wrongWords(d, at, uint64(i), 0)
		start, _ := at.Offset.Int()
		n, _ := at.Size.Int()
		clear(image[start : start+n])
		r.nonZero(at, false)
	}
	if !bytes.Equal(r.contents(r.whole(id, 2)), image) {
		r.Error("a memory test changed bytes beside its span")
	}
	for _, seed := range []uint64{0, 1, 1 << 63, ^uint64(0)} {
		r.written(id, 0, image)
		r.wrongWords(d, r.whole(id, 2), seed, 0)
		r.nonZero(r.whole(id, 2), false)
	}
}

// wrongWords tests a span, and expects so many words of 8 bytes to be wrong.
func (r *rig) wrongWords(d gpu.MemoryTester, at gpu.Span, seed, want uint64) {
	r.Helper()
	wrong, err := d.TestMemory(at, seed)
	r.ok(err)
	if wrong != want {
		r.Errorf("seed %d: %d words of %d bytes at %d are wrong, want %d", seed, wrong, uint64(at.Size), uint64(at.Offset), want)
	}
}

func memtestRefused(r *rig) {
	d, ok := r.tester()
	if !ok {
		return
	}
	id := r.mapped(1)
	r.mapped(1) // a neighbour that nothing may reach
	image := pattern(r.unit, 1)
	r.written(id, 0, image)
	refused := func(what string, at gpu.Span, code gpu.Code) {
		r.Helper()
		wrong, err := d.TestMemory(at, 1)
		r.refused(what, err, code)
		if wrong != 0 {
			r.Errorf("%s: %d words are wrong, although nothing was tested", what, wrong)
		}
	}
	for _, at := range append(outside(id, r.unit),
		gpu.Span{Extent: id, Size: r.unit.AddSat(8)}, gpu.Span{Extent: id, Offset: r.unit, Size: 8},
		gpu.Span{Extent: id, Offset: 1, Size: 8}, gpu.Span{Extent: id, Offset: 4, Size: 8},
		gpu.Span{Extent: id, Size: 7}, gpu.Span{Extent: id, Size: 12}, gpu.Span{Extent: id, Offset: 8, Size: 1},
	) {
		refused(fmt.Sprintf("testing %d bytes at %d", uint64(at.Size), uint64(at.Offset)), at, gpu.ErrInvalidValue)
	}
	for _, gone := range []gpu.ExtentID{0, id + 1000} {
		refused("testing an unknown extent", gpu.Span{Extent: gone, Size: 8}, gpu.ErrNotFound)
	}
	if !bytes.Equal(r.contents(r.whole(id, 1)), image) {
		r.Error("a memory test that was refused changed the memory")
	}
}

// memtestProtected only asks for an error, as for copies.
func memtestProtected(r *rig) {
	d, ok := r.tester()
	if !ok || !protectable(r) {
		return
	}
	id := r.mapped(1)
	image := pattern(r.unit, 1)
	r.written(id, 0, image)
	r.ok(r.dev.Protect(id, gpu.ReadOnly))
	if _, err := d.TestMemory(r.whole(id, 1), 1); err == nil {
		r.Error("a read-only extent was tested")
	} else if gpu.IsSticky(err) {
		return
	}
	if !bytes.Equal(r.contents(r.whole(id, 1)), image) {
		r.Error("a memory test changed a read-only extent")
	}
}

// memtestFlip flips bits before a test, which writes over them: they show that
// the cell can be written, and nothing else.
func memtestFlip(r *rig) {
	d, ok := r.tester()
	if !ok || !r.offered(r.Flip != nil, "flipping bits") {
		return
	}
	id := r.mapped(1)
	all := r.whole(id, 1)
	r.wrongWords(d, all, 1, 0)
	for i, offset := range []gpu.Bytes{0, 4095, r.unit.SubSat(1)} {
		r.ok(r.Flip(id, offset, uint(i)%8))
		r.nonZero(all, true)
		r.wrongWords(d, all, 2, 0)
		r.nonZero(all, false)
	}
}

// memtestStuck breaks cells: whatever the seed, each is found, because every
// bit is written both as zero and as one.
func memtestStuck(r *rig) {
	d, ok := r.tester()
	if !ok || !r.offered(r.Stick != nil, "bits that are stuck") {
		return
	}
	id := r.mapped(1)
	all := r.whole(id, 1)
	for i, offset := range []gpu.Bytes{0, 4095, 4096, r.unit.SubSat(1)} {
		r.ok(r.Stick(id, offset, uint(i)*2, i%2 == 0))
		for seed := range uint64(3) {
			r.wrongWords(d, all, seed, uint64(i)+1)
		}
		word := gpu.Span{Extent: id, Offset: offset - offset%8, Size: 8}
		r.wrongWords(d, word, 9, 1)
		r.nonZero(word, i%2 == 0)
	}
	r.wrongWords(d, gpu.Span{Extent: id, Offset: 8, Size: 4080}, 10, 0)
}
