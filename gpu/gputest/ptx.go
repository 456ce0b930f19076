package gputest

import _ "embed"

//go:embed kernels.ptx
var ptx string

// PTX returns the module with the suite's kernels for a GPU of compute
// capability 7.5 or newer, compiled from kernels.cu by make kernels. It belongs
// to the caller.
func PTX() []byte { return []byte(ptx) }
