package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// double makes a kernel for 32 leaves: two halves of sixteen, whose rounds are
// mixed. It is for processors with four units of 512 bits whose results come
// after two cycles: the rounds of one half alone wait for each other. The
// last sixteen words of the schedule are in memory, so that the registers
// are enough for both states.
type double struct {
	*build.Context
	tables tables

	halves [2]half

	ahead              *ahead
	at                 reg.GPVirtual
	constants, scratch reg.Register
	pointers           [2]reg.GPVirtual
}

// lag is how many rounds the second half is behind the first.
const lag = 8

// half is what one half of the leaves needs.
type half struct {
	number int
	state  [8]reg.VecPhysical
	t      [8]reg.VecPhysical
	blocks operand.Mem // the pointers to its leaves
}

// The scratch memory of a half, in places of a register.
const (
	doubleState  = 16 // after the words
	doublePlaces = 24
)

func (d *double) slot(h half, i int) operand.Mem {
	return operand.Mem{Base: d.scratch, Disp: 64 * (h.number*doublePlaces + i)}
}

func (d *double) word(h half, i int) operand.Mem { return d.slot(h, (i+16)%16) }

func (d *double) swap() operand.Mem {
	return operand.Mem{Base: d.scratch, Disp: 64 * 2 * doublePlaces}
}

// function writes the whole kernel.
func (d *double) function(name, signature string, doc ...string) {
	d.Function(name)
	d.SignatureExpr(signature)
	d.Pragma("noescape")
	d.Doc(doc...)
	d.prepare()

	// The second half is lag rounds behind the first, so that each half loads
	// its words while the other one calculates.
	a, b := d.halves[0], d.halves[1]
	emit(d.load(a, d.at))
	d.Label("chunk")
	d.ahead.begin(d.at)
	loads := d.load(b, d.at)
	for r := range 64 {
		if r < lag {
			weave(d.full(a, r), share(&loads, lag-r))
		} else {
			weave(d.full(a, r), d.full(b, r-lag))
		}
		if r%2 == 0 {
			d.ahead.lane(r / 2)
		}
	}
	// The words of the next chunk; those of the first when there is none, so
	// that nothing beyond a leaf is read.
	d.LEAQ(operand.Mem{Base: d.at, Disp: chunkSize}, d.at)
	d.ANDQ(operand.U32(blockSize-1), d.at)
	loads = append(d.add(a), d.load(a, d.at)...)
	for r := 64 - lag; r < 64; r++ {
		weave(d.full(b, r), share(&loads, 64-r))
	}
	emit(d.add(b))
	d.TESTQ(d.at, d.at)
	d.JNZ(operand.LabelRef("chunk"))

	d.pad()
	d.output()
	d.VZEROUPPER()
	d.RET()
}

// prepare sets up the state, the constants and the aligned scratch memory.
func (d *double) prepare() {
	all := registers(64)
	blocks := d.Load(d.Param("blocks"), d.GP64())
	for i := range d.halves {
		h := half{number: i, blocks: operand.Mem{Base: blocks, Disp: 16 * 8 * i}}
		copy(h.state[:], all[8*i:])
		copy(h.t[:], all[16+8*i:])
		d.halves[i] = h
	}
	d.ahead = newAhead(d.Context, blocks, d.Load(d.Param("next"), d.GP64()))
	frame := d.AllocLocal(64*(2*doublePlaces+1) + 64)
	d.scratch = d.GP64()
	d.LEAQ(frame.Offset(63), d.scratch)
	d.ANDQ(operand.I32(-64), d.scratch)
	d.constants = d.GP64()
	d.LEAQ(d.tables.rounds, d.constants)
	d.at = d.GP64()
	d.XORQ(d.at, d.at)
	d.pointers = [2]reg.GPVirtual{d.GP64(), d.GP64()}
	d.VBROADCASTI32X4(d.tables.swap, reg.Z31)
	d.VMOVDQA32(reg.Z31, d.swap())
	for _, h := range d.halves {
		for i, s := range h.state {
			d.VPBROADCASTD(d.tables.initial.Offset(4*i), s)
		}
	}
}

func (d *double) constant(r int) operand.Mem { return operand.Mem{Base: d.constants, Disp: 4 * r} }

// both emits the steps of the two halves in turn.
func (d *double) both(steps func(h half) []func()) {
	weave(steps(d.halves[0]), steps(d.halves[1]))
}

func (d *double) save(h half) []func() {
	var steps []func()
	for i, s := range h.state {
		steps = append(steps, func() { d.VMOVDQA32(s, d.slot(h, doubleState+i)) })
	}
	return steps
}

func (d *double) add(h half) []func() {
	var steps []func()
	for i, s := range h.state {
		steps = append(steps, func() { d.VPADDD(d.slot(h, doubleState+i), s, s) })
	}
	return steps
}

// pad runs the rounds over the padding, whose schedule is constant.
func (d *double) pad() {
	d.both(d.save)
	table, passes := d.GP64(), d.GP64()
	d.LEAQ(d.tables.padding, table)
	d.MOVQ(operand.U32(8), passes)
	d.Label("padding")
	for r := range 8 {
		d.both(func(h half) []func() {
			return d.sum(h, r, operand.Mem{Base: table, Disp: 4 * r}, nil)
		})
	}
	d.ADDQ(operand.U8(8*4), table)
	d.DECQ(passes)
	d.JNZ(operand.LabelRef("padding"))
	d.both(d.add)
}

// output stores the hashes of all lanes, one after the other.
func (d *double) output() {
	sums := d.Load(d.Param("sums"), d.GP64())
	for _, h := range d.halves {
		for part := range 2 {
			rows := h.state[4*part : 4*part+4]
			emit(quarter(d.Context, d.swap(), rows, [4]reg.VecPhysical(rows), h.t[4], h.t[5]))
			for j, r := range rows {
				at := 32*(16*h.number+j) + 16*part
				d.VMOVDQU32(r.AsX(), operand.Mem{Base: sums, Disp: at})
				for k := 1; k < 4; k++ {
					d.VEXTRACTI32X4(operand.U8(k), r, operand.Mem{Base: sums, Disp: at + 32*4*k})
				}
			}
		}
	}
}
