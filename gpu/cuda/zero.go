package cuda

import (
	"encoding/binary"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// Zero refuses a read-only extent. See gpu.Device.
func (d *device) Zero(at gpu.Span) error {
	const op = "zero"
	if err := d.begin(op); err != nil {
		return err
	}
	m, address, err := d.span(op, at)
	if err != nil || at.Size == 0 {
		return err
	}
	if m.prot == gpu.ReadOnly {
		return d.readOnly(op, m)
	}
	l := &d.lanes.copies
	if err := d.settle(op, false, m); err != nil {
		return err
	}
	if err := d.queueZero(op, l, address, at.Offset, at.Size); err != nil {
		return err
	}
	return d.wait(op, l, 0)
}

// queueZero queues zeroing size bytes at an address. offset tells how the
// address is aligned: the larger part is written in words of 4 bytes.
func (d *device) queueZero(op string, l *lane, at driver.Ptr, offset, size gpu.Bytes) error {
	l.pending = true
	head := min((4-offset%4)%4, size)
	words := size.SubSat(head) - size.SubSat(head)%4
	tail := size.SubSat(head).SubSat(words)
	if err := d.check(op, "cuMemsetD8Async", d.lib.Fill8(at, 0, head, l.stream)); err != nil {
		return err
	}
	at += driver.Ptr(head)
	if err := d.check(op, "cuMemsetD32Async", d.lib.Fill32(at, 0, words, l.stream)); err != nil {
		return err
	}
	return d.check(op, "cuMemsetD8Async", d.lib.Fill8(at+driver.Ptr(words), 0, tail, l.stream))
}

// NonZero lets a kernel look at every byte. See gpu.Device.
func (d *device) NonZero(at gpu.Span) (bool, error) {
	const op = "nonzero"
	if err := d.begin(op); err != nil {
		return false, err
	}
	m, address, err := d.span(op, at)
	if err != nil || at.Size == 0 {
		return false, err
	}
	if err := d.settle(op, true, m); err != nil {
		return false, err
	}
	return d.nonZero(op, address, at.Size)
}

// nonZero is NonZero of memory at an address. The kernel also looks at a
// witness that is not zero, so that one that did not run is not taken for clean
// memory.
func (d *device) nonZero(op string, at driver.Ptr, size gpu.Bytes) (bool, error) {
	l := &d.lanes.copies
	flag, witness := d.desk.at(deskFlag), d.desk.at(deskWitness)
	if err := d.queueZero(op, l, flag, 0, 2*kernels.FlagSize); err != nil {
		return false, err
	}
	grid := kernels.StrideGrid(d.limits.multiprocessors, size)
	if err := d.queueOwn(op, l, d.own.nonZero, grid, uint64(at), uint64(size), uint64(flag)); err != nil {
		return false, err
	}
	second := flag + driver.Ptr(kernels.FlagSize)
	if err := d.queueOwn(op, l, d.own.nonZero, gpu.Dim3{X: 1}, uint64(witness), uint64(deskWitnessSize), uint64(second)); err != nil {
		return false, err
	}
	answer := make([]byte, 2*kernels.FlagSize)
	if err := d.download(op, l, answer, flag); err != nil {
		return false, err
	}
	if binary.LittleEndian.Uint32(answer[kernels.FlagSize:]) != 1 {
		return false, d.refuse(op, gpu.ErrUnknown, "the kernel that looks for bytes did not find one that is there")
	}
	return binary.LittleEndian.Uint32(answer) != 0, nil
}
