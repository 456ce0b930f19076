package cuda

import (
	"encoding/binary"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// TestMemory writes and checks patterns with a kernel, in three launches over
// the whole span. It blocks until they are done. See gpu.MemoryTester.
func (d *device) TestMemory(at gpu.Span, seed uint64) (uint64, error) {
	const op = "test memory"
	if err := d.begin(op); err != nil {
		return 0, err
	}
	m, address, err := d.span(op, at)
	switch {
	case err != nil:
		return 0, err
	case at.Offset%8 != 0 || at.Size%8 != 0:
		return 0, d.refuse(op, gpu.ErrInvalidValue, "%d bytes at offset %d: give multiples of 8", uint64(at.Size), uint64(at.Offset))
	case m.prot == gpu.ReadOnly:
		return 0, d.readOnly(op, m)
	case at.Size == 0:
		return 0, nil
	}
	if err := d.settle(op, false, m); err != nil {
		return 0, err
	}
	return d.testWords(op, address, at.Size, seed)
}

// testWords is TestMemory of memory at an address.
func (d *device) testWords(op string, at driver.Ptr, size gpu.Bytes, seed uint64) (uint64, error) {
	l := &d.lanes.copies
	count := d.desk.at(deskCount)
	if err := d.queueZero(op, l, count, 0, kernels.ResultSize); err != nil {
		return 0, err
	}
	grid := kernels.StrideGrid(d.limits.multiprocessors, size)
	for _, step := range []uint32{kernels.MemtestWrite, kernels.MemtestCheck, kernels.MemtestClear} {
		if err := d.queueOwn(op, l, d.own.memtest, grid, uint64(at), uint64(size), seed, uint64(step), uint64(count)); err != nil {
			return 0, err
		}
	}
	answer := make([]byte, kernels.ResultSize)
	if err := d.download(op, l, answer, count); err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(answer), nil
}
