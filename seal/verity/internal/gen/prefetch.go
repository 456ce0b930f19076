package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// distance is how many chunks ahead of the one that is hashed a leaf is
// prefetched. The processor's own prefetching ends at the end of a page, and
// does not follow so many leaves at once.
const distance = 8

// ahead prefetches one line for each lane and chunk: of the same leaf while it
// lasts, then of the leaf that the lane hashes in the next call.
type ahead struct {
	c            *build.Context
	blocks, next reg.Register
	array        reg.GPVirtual // of the leaves that are prefetched
	at           reg.GPVirtual // their offset
	p            reg.GPVirtual
}

func newAhead(c *build.Context, blocks, next reg.Register) *ahead {
	return &ahead{c: c, blocks: blocks, next: next, array: c.GP64(), at: c.GP64(), p: c.GP64()}
}

// begin is called before the first lane of the chunk at an offset.
func (a *ahead) begin(at reg.GPVirtual) {
	a.c.LEAQ(operand.Mem{Base: at, Disp: distance * chunkSize}, a.at)
	a.c.MOVQ(a.blocks, a.array)
	a.c.CMPQ(a.at, operand.U32(blockSize))
	a.c.CMOVQCC(a.next, a.array)
	a.c.ANDQ(operand.U32(blockSize-1), a.at)
}

// lane prefetches the line of a lane, counted from the one of the array.
func (a *ahead) lane(i int) {
	a.c.MOVQ(operand.Mem{Base: a.array, Disp: 8 * i}, a.p)
	a.c.PREFETCHT1(operand.Mem{Base: a.p, Index: a.at, Scale: 1})
}
