package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// evex makes a kernel out of instructions with the EVEX prefix: one leaf in
// each 32-bit lane of 512-bit or 256-bit registers. All 32 registers are in
// use: eight for the state, sixteen for the message schedule, four for a
// round and four for what runs beside it.
type evex struct {
	*build.Context
	width  int  // bytes of a register
	eight  bool // eight additions in a round; see sum
	tables tables

	state  [8]reg.VecPhysical
	words  [16]reg.VecPhysical
	round  [4]reg.VecPhysical
	beside [4]reg.VecPhysical

	blocks    reg.Register // the array of pointers to leaves
	ahead     *ahead
	at        reg.GPVirtual
	constants reg.Register // of the rounds
	scratch   reg.Register // aligned: the state before a chunk, then the index of the byte swap
	pointers  [2]reg.GPVirtual
}

func newEVEX(c *build.Context, width int, eight bool) *evex {
	e := &evex{Context: c, width: width, eight: eight, tables: newTables(c)}
	all := registers(width)
	copy(e.state[:], all[0:8])
	copy(e.words[:], all[8:24])
	copy(e.round[:], all[24:28])
	copy(e.beside[:], all[28:32])
	return e
}

func (e *evex) lanes() int { return e.width / 4 }

// function writes the whole kernel.
func (e *evex) function(name, signature string, doc ...string) {
	e.Function(name)
	e.SignatureExpr(signature)
	e.Pragma("noescape")
	e.Doc(doc...)
	e.blocks = e.Load(e.Param("blocks"), e.GP64())
	e.ahead = newAhead(e.Context, e.blocks, e.Load(e.Param("next"), e.GP64()))
	e.prepare()

	emit(e.transposeLow(e.at))
	e.Label("chunk")
	e.ahead.begin(e.at)
	e.save()
	loads := e.transposeHigh(e.at)
	for r := range 8 {
		weave(e.compress(r, r), share(&loads, 8-r))
		e.prefetch(r)
	}
	e.ADDQ(operand.Imm(8*4), e.constants)
	passes := e.GP64()
	e.MOVQ(operand.U32(3), passes)
	e.Label("sixteen")
	for r := 8; r < 24; r++ {
		weave(e.compress(r, r-8), e.schedule(r+8))
	}
	e.ADDQ(operand.U8(16*4), e.constants)
	e.DECQ(passes)
	e.JNZ(operand.LabelRef("sixteen"))
	// The words of the next chunk; those of the first when there is none, so
	// that nothing beyond a leaf is read.
	after := e.GP64()
	e.LEAQ(operand.Mem{Base: e.at, Disp: chunkSize}, after)
	e.ANDQ(operand.U32(blockSize-1), after)
	loads = e.transposeLow(after)
	for r := range 8 {
		weave(e.compress(56+r, r), share(&loads, 8-r))
		e.prefetch(8 + r)
	}
	e.SUBQ(operand.Imm(56*4), e.constants)
	e.add()
	e.MOVQ(after, e.at)
	e.TESTQ(after, after)
	e.JNZ(operand.LabelRef("chunk"))

	e.pad()
	e.output()
	e.VZEROUPPER()
	e.RET()
}

// prepare sets up the state, the constants and the aligned scratch memory.
func (e *evex) prepare() {
	frame := e.AllocLocal(9*e.width + 64)
	e.scratch = e.GP64()
	e.LEAQ(frame.Offset(63), e.scratch)
	e.ANDQ(operand.I32(-64), e.scratch)
	e.constants = e.GP64()
	e.LEAQ(e.tables.rounds, e.constants)
	e.at = e.GP64()
	e.XORQ(e.at, e.at)
	e.pointers = [2]reg.GPVirtual{e.GP64(), e.GP64()}
	e.VBROADCASTI32X4(e.tables.swap, e.round[0])
	e.VMOVDQU32(e.round[0], e.slot(8))
	for i, s := range e.state {
		e.VPBROADCASTD(e.tables.initial.Offset(4*i), s)
	}
}

// slot is the place of a register in the scratch memory.
func (e *evex) slot(i int) operand.Mem { return operand.Mem{Base: e.scratch, Disp: i * e.width} }

func (e *evex) save() {
	for i, s := range e.state {
		e.VMOVDQU32(s, e.slot(i))
	}
}

func (e *evex) add() {
	for i, s := range e.state {
		e.VPADDD(e.slot(i), s, s)
	}
}

// prefetch is called sixteen times for a chunk.
func (e *evex) prefetch(lane int) {
	if lane < e.lanes() {
		e.ahead.lane(lane)
	}
}

// pad runs the rounds over the padding, whose schedule is constant.
func (e *evex) pad() {
	e.save()
	table, passes := e.GP64(), e.GP64()
	e.LEAQ(e.tables.padding, table)
	e.MOVQ(operand.U32(8), passes)
	e.Label("padding")
	for r := range 8 {
		emit(e.sum(r, func(h reg.VecPhysical) {
			e.VPADDD_BCST(operand.Mem{Base: table, Disp: 4 * r}, h, h)
		}))
	}
	e.ADDQ(operand.Imm(8*4), table)
	e.DECQ(passes)
	e.JNZ(operand.LabelRef("padding"))
	e.add()
}
