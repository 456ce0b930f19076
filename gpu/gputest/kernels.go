package gputest

import (
	"encoding/binary"
	"errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// The names of the kernels, and of their PTX entries.
const (
	sumKernel  = "gputest_sum"  // sum(in *u8, n u64, out *u64): out = sum of n bytes
	fillKernel = "gputest_fill" // fill(out *u8, n u64, value u32): n bytes become value
)

// Kernels are what the suite launches. ptx may be nil for a driver that runs
// the Go functions.
func Kernels(ptx []byte) []gpu.Kernel {
	return []gpu.Kernel{
		{Name: fillKernel, Go: goFill, PTX: ptx, Params: []int{8, 8, 4}},
		{Name: sumKernel, Go: goSum, PTX: ptx, Params: []int{8, 8, 8}},
	}
}

var errArguments = errors.New("gputest: the kernel got arguments that do not fit")

func goFill(_, _ gpu.Dim3, args gpu.KernelArgs) error {
	out, n := args.Memory(0), args.Uint64(1)
	if args.Len() != 3 || n > uint64(len(out)) {
		return errArguments
	}
	value := byte(args.Uint64(2) & 0xff)
	for i := range out[:n] {
		out[i] = value
	}
	return nil
}

func goSum(_, _ gpu.Dim3, args gpu.KernelArgs) error {
	in, n, out := args.Memory(0), args.Uint64(1), args.Memory(2)
	if args.Len() != 3 || n > uint64(len(in)) || len(out) < 8 {
		return errArguments
	}
	sum := uint64(0)
	for _, b := range in[:n] {
		sum += uint64(b)
	}
	binary.LittleEndian.PutUint64(out, sum)
	return nil
}

// fill is a launch that sets every byte of a span.
func fill(at gpu.Span, value uint32) gpu.Launch {
	return gpu.Launch{Kernel: fillKernel, Args: []gpu.Arg{gpu.SpanArg(at), gpu.Uint64Arg(uint64(at.Size)), gpu.Uint32Arg(value)}}
}

// sum is a launch that adds the bytes of a span up.
func sum(at, out gpu.Span) gpu.Launch {
	return gpu.Launch{
		Kernel: sumKernel, Grid: gpu.Dim3{X: 1}, Block: gpu.Dim3{X: 1},
		Args: []gpu.Arg{gpu.SpanArg(at), gpu.Uint64Arg(uint64(at.Size)), gpu.SpanArg(out)},
	}
}
