package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// output stores the hashes of all lanes, one after the other. The registers
// of the words are used.
func (e *evex) output() {
	sums := e.Load(e.Param("sums"), e.GP64())
	half := func(state, words []reg.VecPhysical, disp int) {
		dst := [4]reg.VecPhysical{words[0], words[1], words[2], words[3]}
		emit(quarter(e.Context, e.slot(8), state, dst, words[4], words[5]))
		for j, r := range dst {
			e.VMOVDQU32(r.AsX(), operand.Mem{Base: sums, Disp: 32*j + disp})
			for k := 1; k < e.width/16; k++ {
				e.VEXTRACTI32X4(operand.U8(k), r, operand.Mem{Base: sums, Disp: 32*(4*k+j) + disp})
			}
		}
	}
	half(e.state[:4], e.words[:6], 0)
	half(e.state[4:], e.words[8:14], 16)
}
