package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Truth tables of VPTERNLOGD.
const (
	parity   = 0x96 // a ^ b ^ c
	choice   = 0xca // a ? b : c
	majority = 0xe8
)

// compress is round r with its word of the schedule; the constant lies k words
// after where the pointer to them is.
func (e *evex) compress(r, k int) []func() {
	return e.sum(r, func(h reg.VecPhysical) {
		e.VPADDD_BCST(operand.Mem{Base: e.constants, Disp: 4 * k}, h, h)
		e.VPADDD(e.words[r%16], h, h)
	})
}

// sum is round r as a list of steps; constant adds the round's constant and
// word to h.
//
// With the usual seven additions, the new values of e and a wait for four
// instructions in a row after the former ones. With eight, where e.eight is
// set, the new e is made in the register of h, as d+h+… in an order where the
// latest operands come last, and the new a in that of d, as e-d+…; both wait
// for three. Then the registers do not rotate by one place in eight, but in
// two circles of four.
func (e *evex) sum(r int, constant func(h reg.VecPhysical)) []func() {
	s := e.turned(r)
	va, vb, vc, vd := s[0], s[1], s[2], s[3]
	ve, vf, vg, vh := s[4], s[5], s[6], s[7]
	t := e.round
	if e.eight {
		return []func(){
			func() { constant(vh) },
			func() { e.VPADDD(vd, vh, vh) },
			func() { e.VMOVDQA32(ve, t[3]) },
			func() { e.VPRORD(operand.U8(6), ve, t[0]) },
			func() { e.VPRORD(operand.U8(11), ve, t[1]) },
			func() { e.VPTERNLOGD(operand.U8(choice), vg, vf, t[3]) },
			func() { e.VPRORD(operand.U8(25), ve, t[2]) },
			func() { e.VPADDD(t[3], vh, vh) },
			func() { e.VPTERNLOGD(operand.U8(parity), t[2], t[1], t[0]) },
			func() { e.VPADDD(t[0], vh, vh) },
			func() { e.VMOVDQA32(va, t[3]) },
			func() { e.VPRORD(operand.U8(2), va, t[0]) },
			func() { e.VPRORD(operand.U8(13), va, t[1]) },
			func() { e.VPTERNLOGD(operand.U8(majority), vc, vb, t[3]) },
			func() { e.VPRORD(operand.U8(22), va, t[2]) },
			func() { e.VPSUBD(vd, vh, vd) },
			func() { e.VPTERNLOGD(operand.U8(parity), t[2], t[1], t[0]) },
			func() { e.VPADDD(t[3], vd, vd) },
			func() { e.VPADDD(t[0], vd, vd) },
		}
	}
	return []func(){
		func() { constant(vh) },
		func() { e.VMOVDQA32(ve, t[3]) },
		func() { e.VPRORD(operand.U8(6), ve, t[0]) },
		func() { e.VPRORD(operand.U8(11), ve, t[1]) },
		func() { e.VPTERNLOGD(operand.U8(choice), vg, vf, t[3]) },
		func() { e.VPRORD(operand.U8(25), ve, t[2]) },
		func() { e.VPADDD(t[3], vh, vh) },
		func() { e.VPTERNLOGD(operand.U8(parity), t[2], t[1], t[0]) },
		func() { e.VPADDD(t[0], vh, vh) },
		func() { e.VPADDD(vh, vd, vd) },
		func() { e.VMOVDQA32(va, t[3]) },
		func() { e.VPRORD(operand.U8(2), va, t[0]) },
		func() { e.VPRORD(operand.U8(13), va, t[1]) },
		func() { e.VPTERNLOGD(operand.U8(majority), vc, vb, t[3]) },
		func() { e.VPRORD(operand.U8(22), va, t[2]) },
		func() { e.VPADDD(t[3], vh, vh) },
		func() { e.VPTERNLOGD(operand.U8(parity), t[2], t[1], t[0]) },
		func() { e.VPADDD(t[0], vh, vh) },
	}
}

// turned are the registers of a to h before round r.
func (e *evex) turned(r int) [8]reg.VecPhysical {
	s := e.state
	for range r % 8 {
		if e.eight {
			s = [8]reg.VecPhysical{s[3], s[0], s[1], s[2], s[7], s[4], s[5], s[6]}
		} else {
			s = [8]reg.VecPhysical{s[7], s[0], s[1], s[2], s[3], s[4], s[5], s[6]}
		}
	}
	return s
}

// schedule makes word i in the register of word i-16.
func (e *evex) schedule(i int) []func() {
	w := func(back int) reg.VecPhysical { return e.words[(i-back)%16] }
	t := e.beside
	return []func(){
		func() { e.VPRORD(operand.U8(7), w(15), t[0]) },
		func() { e.VPRORD(operand.U8(18), w(15), t[1]) },
		func() { e.VPSRLD(operand.U8(3), w(15), t[2]) },
		func() { e.VPADDD(w(7), w(16), w(16)) },
		func() { e.VPTERNLOGD(operand.U8(parity), t[2], t[1], t[0]) },
		func() { e.VPRORD(operand.U8(17), w(2), t[1]) },
		func() { e.VPADDD(t[0], w(16), w(16)) },
		func() { e.VPRORD(operand.U8(19), w(2), t[2]) },
		func() { e.VPSRLD(operand.U8(10), w(2), t[3]) },
		func() { e.VPTERNLOGD(operand.U8(parity), t[3], t[2], t[1]) },
		func() { e.VPADDD(t[1], w(16), w(16)) },
	}
}
