package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// avx2 makes a kernel for one leaf in each of the eight 32-bit lanes of the
// 16 registers of AVX2: eight hold the state, eight are for calculating. The
// last sixteen words of the schedule are in the scratch memory.
type avx2 struct {
	*build.Context
	tables tables

	state [8]reg.VecPhysical
	t     [6]reg.VecPhysical
	pair  [2]reg.VecPhysical // in turn a^b of a round, which is b^c of the next

	constants, scratch reg.Register
}

// The scratch memory, in places of a register: words of the schedule, the
// state before the chunk, the index of the byte swap.
const (
	savedState = 16
	swapIndex  = 24
	places     = 25
)

func (a *avx2) slot(i int) operand.Mem { return operand.Mem{Base: a.scratch, Disp: 32 * i} }

func (a *avx2) word(i int) operand.Mem { return a.slot((i + 16) % 16) }

// function writes the whole kernel.
func (a *avx2) function(name, signature string, doc ...string) {
	all := registers(32)
	copy(a.state[:], all[0:8])
	copy(a.t[:], all[8:14])
	copy(a.pair[:], all[14:16])

	a.Function(name)
	a.SignatureExpr(signature)
	a.Pragma("noescape")
	a.Doc(doc...)
	blocks := a.Load(a.Param("blocks"), a.GP64())
	frame := a.AllocLocal(places*32 + 32)
	a.scratch = a.GP64()
	a.LEAQ(frame.Offset(31), a.scratch)
	a.ANDQ(operand.I32(-32), a.scratch)
	a.constants = a.GP64()
	a.LEAQ(a.tables.rounds, a.constants)
	at := a.GP64()
	a.XORQ(at, at)
	a.VBROADCASTI128(a.tables.swap, a.t[0])
	a.VMOVDQU(a.t[0], a.slot(swapIndex))
	for i, s := range a.state {
		a.VPBROADCASTD(a.tables.initial.Offset(4*i), s)
	}

	a.Label("chunk")
	a.save()
	for word := 0; word < 16; word += 4 {
		a.load(blocks, at, word)
	}
	a.begin()
	for r := range 16 {
		a.sum(r, a.constant(r), a.slot(r))
	}
	passes := a.GP64()
	a.MOVQ(operand.U32(3), passes)
	a.Label("sixteen")
	a.ADDQ(operand.U8(16*4), a.constants)
	for r := range 16 {
		a.schedule(r)
		a.sum(r, a.constant(r), a.slot(r))
	}
	a.DECQ(passes)
	a.JNZ(operand.LabelRef("sixteen"))
	a.SUBQ(operand.Imm(48*4), a.constants)
	a.add()
	a.ADDQ(operand.Imm(chunkSize), at)
	a.CMPQ(at, operand.U32(blockSize))
	a.JNE(operand.LabelRef("chunk"))

	a.pad()
	a.output()
	a.VZEROUPPER()
	a.RET()
}

func (a *avx2) constant(r int) operand.Mem { return operand.Mem{Base: a.constants, Disp: 4 * r} }

func (a *avx2) save() {
	for i, s := range a.state {
		a.VMOVDQU(s, a.slot(savedState+i))
	}
}

func (a *avx2) add() {
	for i, s := range a.state {
		a.VPADDD(a.slot(savedState+i), s, s)
	}
}

// load brings four words of all leaves into their places.
func (a *avx2) load(blocks reg.Register, at reg.GPVirtual, word int) {
	p := a.GP64()
	leaf := func(lane int) operand.Mem {
		a.MOVQ(operand.Mem{Base: blocks, Disp: 8 * lane}, p)
		return operand.Mem{Base: p, Index: at, Scale: 1, Disp: 4 * word}
	}
	rows := a.t[:4]
	for i, r := range rows {
		a.VMOVDQU(leaf(i), r.AsX())
		a.VINSERTI128(operand.Imm(1), leaf(i+4), r, r)
	}
	for _, step := range quarter(a.Context, a.slot(swapIndex), rows, [4]reg.VecPhysical(rows), a.t[4], a.t[5]) {
		step()
	}
	for i, r := range rows {
		a.VMOVDQU(r, a.slot(word+i))
	}
}

// pad runs the rounds over the padding, whose schedule is constant.
func (a *avx2) pad() {
	a.save()
	table, passes := a.GP64(), a.GP64()
	a.LEAQ(a.tables.padding, table)
	a.MOVQ(operand.U32(8), passes)
	a.begin()
	a.Label("padding")
	for r := range 8 {
		a.sum(r, operand.Mem{Base: table, Disp: 4 * r}, operand.Mem{})
	}
	a.ADDQ(operand.Imm(8*4), table)
	a.DECQ(passes)
	a.JNZ(operand.LabelRef("padding"))
	a.add()
}

// output stores the hashes of all lanes, one after the other.
func (a *avx2) output() {
	sums := a.Load(a.Param("sums"), a.GP64())
	for half := range 2 {
		rows := a.state[4*half : 4*half+4]
		for _, step := range quarter(a.Context, a.slot(swapIndex), rows, [4]reg.VecPhysical(rows), a.t[4], a.t[5]) {
			step()
		}
		for j, r := range rows {
			a.VMOVDQU(r.AsX(), operand.Mem{Base: sums, Disp: 32*j + 16*half})
			a.VEXTRACTI128(operand.Imm(1), r, operand.Mem{Base: sums, Disp: 32*(j+4) + 16*half})
		}
	}
}
