package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transposeLow loads words 0 to 7 of the chunk at the offset of all leaves,
// transposeHigh words 8 to 15. The registers of the words and two beside are
// used.
func (e *evex) transposeLow(at reg.GPVirtual) []func()  { return e.transpose(at, 0) }
func (e *evex) transposeHigh(at reg.GPVirtual) []func() { return e.transpose(at, 8) }

func (e *evex) transpose(at reg.GPVirtual, word int) []func() {
	if e.width == 64 {
		return e.transpose16(at, word)
	}
	r := e.words[word : word+8]
	return append(e.transpose8(at, word, r[:4]), e.transpose8(at, word+4, r[4:])...)
}

// leaf is the place of a word in the leaf of a lane; p is for the pointer.
func (e *evex) leaf(lane, word int, at, p reg.GPVirtual) operand.Mem {
	e.MOVQ(operand.Mem{Base: e.blocks, Disp: 8 * lane}, p)
	return operand.Mem{Base: p, Index: at, Scale: 1, Disp: 4 * word}
}

// transpose16 loads 32 bytes of two leaves into each of eight registers, so
// that VSHUFI32X4 can bring the four quarters of a register in the order of
// the lanes.
func (e *evex) transpose16(at reg.GPVirtual, word int) []func() {
	r := e.words[word : word+8]
	x, y := e.beside[0], e.beside[1]
	var steps []func()
	step := func(f func()) { steps = append(steps, f) }
	for i := range 4 {
		for half, dst := range []reg.VecPhysical{r[i], r[i+4]} {
			lane := i + 8*half
			step(func() { e.VMOVDQU32(e.leaf(lane, word, at, e.pointers[0]), dst.AsY()) })
			step(func() { e.VINSERTI64X4(operand.U8(1), e.leaf(lane+4, word, at, e.pointers[1]), dst, dst) })
		}
	}
	// Words 0 to 3 go to x, r0, r1, r2; words 4 to 7 to r4 … r7.
	low := []reg.VecPhysical{x, r[0], r[1], r[2]}
	for i := range 4 {
		step(func() { e.VSHUFI32X4(operand.U8(0x88), r[i+4], r[i], low[i]) })
		step(func() { e.VSHUFI32X4(operand.U8(0xdd), r[i+4], r[i], r[i+4]) })
	}
	steps = append(steps, quarter(e.Context, e.slot(8), low, [4]reg.VecPhysical{r[0], r[1], r[2], r[3]}, r[3], y)...)
	return append(steps, quarter(e.Context, e.slot(8), r[4:8], [4]reg.VecPhysical{r[4], r[5], r[6], r[7]}, x, y)...)
}

// transpose8 loads 16 bytes of two leaves into each of four registers.
func (e *evex) transpose8(at reg.GPVirtual, word int, dst []reg.VecPhysical) []func() {
	x, y := e.beside[0], e.beside[1]
	from := []reg.VecPhysical{x, dst[0], dst[1], dst[2]}
	var steps []func()
	for i, r := range from {
		steps = append(steps,
			func() { e.VMOVDQU32(e.leaf(i, word, at, e.pointers[0]), r.AsX()) },
			func() { e.VINSERTI32X4(operand.U8(1), e.leaf(i+4, word, at, e.pointers[1]), r, r) },
		)
	}
	return append(steps, quarter(e.Context, e.slot(8), from, [4]reg.VecPhysical{dst[0], dst[1], dst[2], dst[3]}, dst[3], y)...)
}
