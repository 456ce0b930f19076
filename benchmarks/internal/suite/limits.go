package suite

import "github.com/vram-engine/vram-engine/benchmarks/internal/machine"

// The instructions of a kernel that need a vector unit, for 16 leaves of 4096
// bytes with 512-bit registers: 64 blocks of 1704, the padding block of 1032,
// and 56 to write the hashes. With 256 bits they are for 8 leaves. For AVX2,
// which has neither rotations nor logic of three operands, it is 3320 for a
// block of 8 leaves.
const (
	bytesOf16     = 16 * 4096
	bytesOf8      = 8 * 4096
	unitsOfLeaves = 64*1704 + 1032 + 56
	unitsOfAVX2   = 64*3320 + 2032
)

// limitOf returns the fewest cycles for a byte that the units of the processor
// allow a kernel of package verity, or zero where that is not known.
//
// Vector kernels: the instructions above, shared among the units: two of 512
// bits and three of 256 on Intel (0.84, 1.12 and 2.19), four of 256 on Zen 3
// and 4, four of 512 on Zen 5 (0.42, 0.84 and 1.64). SHA instructions: one
// SHA256RNDS2 does two rounds, so 32 of them for 64 bytes; AMD starts one every
// other cycle, which makes 1.0. On Intel 1.5 is the best that was published for
// two streams, not derived.
func limitOf(implementation string, kind machine.Kind) float64 {
	wide, narrow := 0.0, 0.0 // units of 512 and of 256 bits
	switch kind {
	case machine.Intel:
		wide, narrow = 2, 3
	case machine.Zen3:
		narrow = 4
	case machine.Zen4:
		wide, narrow = 2, 4
	case machine.Zen5Whole:
		wide, narrow = 4, 4
	case machine.OtherKind:
		return 0
	}
	switch implementation {
	case "avx512-16", "avx512-16-zen5", "avx512-32":
		if wide > 0 {
			return unitsOfLeaves / wide / bytesOf16
		}
	case "avx512vl-8":
		return unitsOfLeaves / narrow / bytesOf8
	case "avx2-8":
		return unitsOfAVX2 / narrow / bytesOf8
	case "sha-ni-2":
		if kind == machine.Intel {
			return 1.5
		}
		return 1
	}
	return 0
}
