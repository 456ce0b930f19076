package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// quarter transposes four rows of four words in every quarter and turns their
// bytes round. The rows are overwritten, and x and y used. The destinations
// are the rows, or the last three rows and x, or other registers. swap is the
// index of VPSHUFB.
func quarter(c *build.Context, swap operand.Mem, row []reg.VecPhysical, dst [4]reg.VecPhysical, x, y reg.VecPhysical) []func() {
	p, q, s, u := x, row[0], row[1], row[2]
	return []func(){
		func() { c.VPUNPCKLDQ(row[1], row[0], p) },
		func() { c.VPUNPCKHDQ(row[1], row[0], q) },
		func() { c.VPUNPCKLDQ(row[3], row[2], s) },
		func() { c.VPUNPCKHDQ(row[3], row[2], u) },
		func() { c.VPUNPCKLQDQ(s, p, y) },
		func() { c.VPUNPCKHQDQ(s, p, s) },
		func() { c.VPUNPCKLQDQ(u, q, row[3]) },
		func() { c.VPUNPCKHQDQ(u, q, x) },
		func() { c.VPSHUFB(swap, s, dst[1]) }, // first: s may be the first destination
		func() { c.VPSHUFB(swap, y, dst[0]) },
		func() { c.VPSHUFB(swap, row[3], dst[2]) },
		func() { c.VPSHUFB(swap, x, dst[3]) },
	}
}
