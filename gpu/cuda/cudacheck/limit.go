package cudacheck

import (
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// bandwidth measures how fast the device's memory is read and written. The
// region is zero afterwards.
func bandwidth(s *session, b *bed, x *region, size gpu.Bytes) error {
	f, err := b.load(kernels.Nonzero)
	if err != nil {
		return err
	}
	flag, err := b.region(b.unit)
	if err != nil {
		return err
	}
	written, err := s.samples(b, func() error {
		return answered("cuMemsetD32Async", b.lib.Fill32(x.base, 0, size, b.stream))
	})
	if err != nil {
		return err
	}
	read, err := s.samples(b, func() error { return b.queueNonzero(f, x.base, size, flag.base) })
	if err != nil {
		return err
	}
	s.Number(fmt.Sprintf("device memory, reading %s", size), "GB/s", rates(size, read)...)
	s.Number(fmt.Sprintf("device memory, memset of %s", size), "GB/s", rates(size, written)...)
	return flag.free()
}

// limits is how fast SHA-256 can be where a multiprocessor does 64 operations
// on integers of 32 bits in a cycle, as compute capabilities 8.0 and 9.0 do: a
// block of 64 bytes needs 1,400 operations; where the multiplier does the
// additions, 1,040 are left for the other unit. The table is that of NVIDIA's
// programming guide, "Arithmetic Instructions".
func limits(s *session, b *bed) {
	cycles := float64(b.processors) * float64(b.clock) * 1e3
	const onOneUnit, onTwoUnits = 2.90, 3.90 // bytes per cycle and multiprocessor, with the padding
	s.Say("arithmetic limit at the highest clock", "%.0f GB/s on one unit, %.0f GB/s with the multiplier (computed: %d × %.0f MHz)",
		onOneUnit*cycles/1e9, onTwoUnits*cycles/1e9, b.processors, float64(b.clock)/1e3)
}
