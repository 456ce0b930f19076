package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// full is round r of a half, with its word of the schedule.
func (d *double) full(h half, r int) []func() {
	if r < 16 {
		return d.sum(h, r, d.constant(r), d.word(h, r))
	}
	return append(d.schedule(h, r%16), d.sum(h, r, d.constant(r), h.t[4])...)
}

// load saves the state of a half and brings the words of its chunk at the
// offset into their places. It uses the registers of the half only: two of the
// state are loaded again at the end.
func (d *double) load(h half, at reg.GPVirtual) []func() {
	r := h.t
	x, y := h.state[6], h.state[7]
	steps := d.save(h)
	step := func(f func()) { steps = append(steps, f) }
	leaf := func(lane, disp int) operand.Mem {
		p := d.pointers[lane%2]
		d.MOVQ(h.blocks.Offset(8*lane), p)
		return operand.Mem{Base: p, Index: at, Scale: 1, Disp: disp}
	}
	for part := range 2 {
		for i := range 4 {
			for k, dst := range []reg.VecPhysical{r[i], r[i+4]} {
				lane := i + 8*k
				step(func() { d.VMOVDQU32(leaf(lane, 32*part), dst.AsY()) })
				step(func() { d.VINSERTI64X4(operand.U8(1), leaf(lane+4, 32*part), dst, dst) })
			}
		}
		low := []reg.VecPhysical{x, r[0], r[1], r[2]}
		for i := range 4 {
			step(func() { d.VSHUFI32X4(operand.U8(0x88), r[i+4], r[i], low[i]) })
			step(func() { d.VSHUFI32X4(operand.U8(0xdd), r[i+4], r[i], r[i+4]) })
		}
		steps = append(steps, quarter(d.Context, d.swap(), low, [4]reg.VecPhysical(r[:4]), r[3], y)...)
		steps = append(steps, quarter(d.Context, d.swap(), r[4:8], [4]reg.VecPhysical(r[4:8]), x, y)...)
		for i, row := range r {
			step(func() { d.VMOVDQA32(row, d.word(h, 8*part+i)) })
		}
	}
	step(func() { d.VMOVDQA32(d.slot(h, doubleState+6), x) })
	step(func() { d.VMOVDQA32(d.slot(h, doubleState+7), y) })
	return steps
}

// sum is round r with its constant and its word; without a word that is in the
// constant already.
func (d *double) sum(h half, r int, constant operand.Mem, word operand.Op) []func() {
	s := func(i int) reg.VecPhysical { return h.state[(i-r%8+8)%8] }
	va, vb, vc, vd := s(0), s(1), s(2), s(3)
	ve, vf, vg, vh := s(4), s(5), s(6), s(7)
	t := h.t
	steps := []func(){func() { d.VPADDD_BCST(constant, vh, vh) }}
	if word != nil {
		steps = append(steps, func() { d.VPADDD(word, vh, vh) })
	}
	return append(steps,
		func() { d.VMOVDQA32(ve, t[3]) },
		func() { d.VPRORD(operand.U8(6), ve, t[0]) },
		func() { d.VPRORD(operand.U8(11), ve, t[1]) },
		func() { d.VPTERNLOGD(operand.U8(choice), vg, vf, t[3]) },
		func() { d.VPRORD(operand.U8(25), ve, t[2]) },
		func() { d.VPADDD(t[3], vh, vh) },
		func() { d.VPTERNLOGD(operand.U8(parity), t[2], t[1], t[0]) },
		func() { d.VPADDD(t[0], vh, vh) },
		func() { d.VPADDD(vh, vd, vd) },
		func() { d.VMOVDQA32(va, t[3]) },
		func() { d.VPRORD(operand.U8(2), va, t[0]) },
		func() { d.VPRORD(operand.U8(13), va, t[1]) },
		func() { d.VPTERNLOGD(operand.U8(majority), vc, vb, t[3]) },
		func() { d.VPRORD(operand.U8(22), va, t[2]) },
		func() { d.VPADDD(t[3], vh, vh) },
		func() { d.VPTERNLOGD(operand.U8(parity), t[2], t[1], t[0]) },
		func() { d.VPADDD(t[0], vh, vh) },
	)
}

// schedule makes the word of a round after the first sixteen in its place and
// in t[4].
func (d *double) schedule(h half, r int) []func() {
	t := h.t
	return []func(){
		func() { d.VMOVDQA32(d.word(h, r-15), t[4]) },
		func() { d.VMOVDQA32(d.word(h, r-2), t[7]) },
		func() { d.VPRORD(operand.U8(18), t[4], t[5]) },
		func() { d.VPSRLD(operand.U8(3), t[4], t[6]) },
		func() { d.VPRORD(operand.U8(7), t[4], t[4]) },
		func() { d.VPTERNLOGD(operand.U8(parity), t[6], t[5], t[4]) },
		func() { d.VPRORD(operand.U8(17), t[7], t[5]) },
		func() { d.VPADDD(d.word(h, r-16), t[4], t[4]) },
		func() { d.VPRORD(operand.U8(19), t[7], t[6]) },
		func() { d.VPSRLD(operand.U8(10), t[7], t[7]) },
		func() { d.VPADDD(d.word(h, r-7), t[4], t[4]) },
		func() { d.VPTERNLOGD(operand.U8(parity), t[7], t[6], t[5]) },
		func() { d.VPADDD(t[5], t[4], t[4]) },
		func() { d.VMOVDQA32(t[4], d.word(h, r)) },
	}
}
