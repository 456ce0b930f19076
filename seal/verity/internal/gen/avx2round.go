package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// begin prepares what a round expects of the one before.
func (a *avx2) begin() { a.VPXOR(a.state[2], a.state[1], a.pair[1]) }

// sum is round r with its constant and its word; without a word that is in the
// constant already. There are 11 instructions in each of the two big sums, 3
// in the choice, 3 in the majority, 7 additions.
func (a *avx2) sum(r int, constant, word operand.Mem) {
	s := func(i int) reg.VecPhysical { return a.state[(i-r%8+8)%8] }
	va, vb, vd, ve, vf, vg, vh := s(0), s(1), s(3), s(4), s(5), s(6), s(7)
	t := a.t
	ab, bc := a.pair[r%2], a.pair[(r+1)%2]

	a.VPBROADCASTD(constant, t[0])
	a.VPADDD(t[0], vh, vh)
	if word.Base != nil {
		a.VPADDD(word, vh, vh)
	}
	a.VPXOR(vg, vf, t[4])
	a.bigSum(ve, 6, 11, 25)
	a.VPAND(ve, t[4], t[4])
	a.VPXOR(vg, t[4], t[4])
	a.VPADDD(t[4], vh, vh)
	a.VPADDD(t[0], vh, vh)
	a.VPADDD(vh, vd, vd)

	a.VPXOR(vb, va, ab)
	a.VPAND(ab, bc, bc)
	a.VPXOR(vb, bc, bc) // the majority, as (a^b & b^c) ^ b
	a.bigSum(va, 2, 13, 22)
	a.VPADDD(bc, vh, vh)
	a.VPADDD(t[0], vh, vh)
}

// bigSum makes the exclusive or of three rotations of x in t[0], with four of t.
func (a *avx2) bigSum(x reg.VecPhysical, first, second, third uint64) {
	t := a.t
	a.VPSRLD(operand.Imm(first), x, t[0])
	a.VPSLLD(operand.Imm(32-first), x, t[1])
	a.VPSRLD(operand.Imm(second), x, t[2])
	a.VPSLLD(operand.Imm(32-second), x, t[3])
	a.VPXOR(t[1], t[0], t[0])
	a.VPXOR(t[3], t[2], t[2])
	a.VPSRLD(operand.Imm(third), x, t[1])
	a.VPSLLD(operand.Imm(32-third), x, t[3])
	a.VPXOR(t[2], t[0], t[0])
	a.VPXOR(t[3], t[1], t[1])
	a.VPXOR(t[1], t[0], t[0])
}

// schedule makes the word of a round after the first sixteen in its place.
func (a *avx2) schedule(r int) {
	t := a.t
	a.smallSum(a.word(r-15), 7, 18, 3)
	a.VPADDD(a.word(r-16), t[0], t[5])
	a.VPADDD(a.word(r-7), t[5], t[5])
	a.smallSum(a.word(r-2), 17, 19, 10)
	a.VPADDD(t[0], t[5], t[5])
	a.VMOVDQU(t[5], a.word(r))
}

// smallSum makes the exclusive or of two rotations and a shift in t[0], with
// five of t.
func (a *avx2) smallSum(word operand.Mem, first, second, shift uint64) {
	t := a.t
	a.VMOVDQU(word, t[0])
	a.VPSRLD(operand.Imm(first), t[0], t[1])
	a.VPSLLD(operand.Imm(32-first), t[0], t[2])
	a.VPSRLD(operand.Imm(second), t[0], t[3])
	a.VPSLLD(operand.Imm(32-second), t[0], t[4])
	a.VPSRLD(operand.Imm(shift), t[0], t[0])
	a.VPXOR(t[2], t[1], t[1])
	a.VPXOR(t[4], t[3], t[3])
	a.VPXOR(t[1], t[0], t[0])
	a.VPXOR(t[3], t[0], t[0])
}
