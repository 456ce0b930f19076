package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// shani makes a kernel of the SHA instructions for two leaves at once: the
// latency of SHA256RNDS2 leaves room for a second stream. No instruction
// needs AVX.
type shani struct {
	*build.Context
	tables tables

	state   operand.Mem // the initial state in the order of the instructions
	scratch reg.Register
	streams [2]stream
}

// stream is one leaf: its state, four registers of words, one to calculate.
type stream struct {
	abef, cdgh reg.VecPhysical
	words      [4]reg.VecPhysical
	t          reg.VecPhysical
	leaf       reg.Register
}

// function writes the whole kernel.
func (s *shani) function(name, signature string, doc ...string) {
	s.Function(name)
	s.SignatureExpr(signature)
	s.Pragma("noescape")
	s.Doc(doc...)
	s.streams = [2]stream{
		{abef: reg.X1, cdgh: reg.X2, words: [4]reg.VecPhysical{reg.X3, reg.X4, reg.X5, reg.X6}, t: reg.X13},
		{abef: reg.X7, cdgh: reg.X8, words: [4]reg.VecPhysical{reg.X9, reg.X10, reg.X11, reg.X12}, t: reg.X14},
	}
	s.streams[0].leaf = s.Load(s.Param("first"), s.GP64())
	s.streams[1].leaf = s.Load(s.Param("second"), s.GP64())
	frame := s.AllocLocal(5*16 + 16)
	s.scratch = s.GP64()
	s.LEAQ(frame.Offset(15), s.scratch)
	s.ANDQ(operand.I32(-16), s.scratch)
	s.MOVOU(s.tables.swap, reg.X0)
	s.MOVOA(reg.X0, s.slot(swapSlot))
	for _, x := range s.streams {
		s.MOVOU(s.state, x.abef)
		s.MOVOU(s.state.Offset(16), x.cdgh)
	}
	rounds := s.GP64()
	s.LEAQ(s.tables.rounds, rounds)
	chunks := s.GP64()
	s.MOVQ(operand.U32(blockSize/chunkSize), chunks)

	s.Label("chunk")
	s.save()
	for i := range 16 {
		k := operand.Mem{Base: rounds, Disp: 16 * i}
		weave(s.four(s.streams[0], i, k), s.four(s.streams[1], i, k))
	}
	s.add()
	for _, x := range s.streams {
		s.ADDQ(operand.Imm(chunkSize), x.leaf)
	}
	s.DECQ(chunks)
	s.JNZ(operand.LabelRef("chunk"))

	s.pad()
	s.output()
	s.RET()
}

// four is four rounds; it loads their words in the first sixteen, and works
// on those that follow. X0 and X15 are used within a step only.
func (s *shani) four(x stream, i int, constants operand.Mem) []func() {
	w := func(n int) reg.VecPhysical { return x.words[n%4] }
	var steps []func()
	if i < 4 {
		steps = append(steps, func() {
			s.MOVOU(operand.Mem{Base: x.leaf, Disp: 16 * i}, w(i))
			s.PSHUFB(s.slot(swapSlot), w(i))
		})
	}
	steps = append(steps, func() {
		s.MOVOA(w(i), x.t)
		s.PADDD(constants, x.t)
	}, func() {
		s.MOVOA(x.t, reg.X0)
		s.SHA256RNDS2(reg.X0, x.abef, x.cdgh)
	})
	if i >= 3 && i < 15 {
		steps = append(steps, func() {
			s.MOVOA(w(i), reg.X15)
			s.PALIGNR(operand.Imm(4), w(i+3), reg.X15)
			s.PADDD(reg.X15, w(i+1))
			s.SHA256MSG2(w(i), w(i+1))
		})
	}
	steps = append(steps, func() {
		s.PSHUFD(operand.Imm(0x0e), x.t, reg.X0)
		s.SHA256RNDS2(reg.X0, x.cdgh, x.abef)
	})
	if i >= 1 && i < 13 {
		steps = append(steps, func() { s.SHA256MSG1(w(i), w(i+3)) })
	}
	return steps
}

// swapSlot is where the index of the byte swap is in the scratch memory, after
// the states.
const swapSlot = 4

// slot is the place of a register in the scratch memory.
func (s *shani) slot(i int) operand.Mem { return operand.Mem{Base: s.scratch, Disp: 16 * i} }

func (s *shani) save() {
	for i, x := range s.streams {
		s.MOVOA(x.abef, s.slot(2*i))
		s.MOVOA(x.cdgh, s.slot(2*i+1))
	}
}

func (s *shani) add() {
	for i, x := range s.streams {
		s.PADDD(s.slot(2*i), x.abef)
		s.PADDD(s.slot(2*i+1), x.cdgh)
	}
}

// pad runs the rounds over the padding, whose schedule is constant.
func (s *shani) pad() {
	s.save()
	for i := range 16 {
		s.MOVOU(s.tables.padding.Offset(16*i), reg.X0)
		for _, x := range s.streams {
			s.SHA256RNDS2(reg.X0, x.abef, x.cdgh)
		}
		s.PSHUFD(operand.Imm(0x0e), reg.X0, reg.X0)
		for _, x := range s.streams {
			s.SHA256RNDS2(reg.X0, x.cdgh, x.abef)
		}
	}
	s.add()
}

// output stores both hashes, one after the other.
func (s *shani) output() {
	sums := s.Load(s.Param("sums"), s.GP64())
	for i, x := range s.streams {
		s.PSHUFD(operand.Imm(0x1b), x.abef, x.abef)  // a b e f
		s.PSHUFD(operand.Imm(0xb1), x.cdgh, x.cdgh)  // g h c d
		s.MOVOA(x.abef, x.t)                         // a b e f
		s.PBLENDW(operand.Imm(0xf0), x.cdgh, x.abef) // a b c d
		s.PALIGNR(operand.Imm(8), x.t, x.cdgh)       // e f g h
		for half, r := range []reg.VecPhysical{x.abef, x.cdgh} {
			s.PSHUFB(s.slot(swapSlot), r)
			s.MOVOU(r, operand.Mem{Base: sums, Disp: 32*i + 16*half})
		}
	}
}
