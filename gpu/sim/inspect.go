package sim

import (
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
)

// Flip inverts one bit (0 to 7) of the byte at offset of an extent, as a
// failing memory cell would: whatever the extent's protection. The errors are
// gpu.ErrNotFound, gpu.ErrInvalidValue and gpu.ErrClosed.
func (c *Control) Flip(id gpu.ExtentID, offset gpu.Bytes, bit uint) error {
	d, err := c.device("flip")
	if err == nil {
		err = d.flip(id, offset, bit)
	}
	c.record(err, "flip extent %d +%d bit %d", id, uint64(offset), bit)
	return err
}

// FlipPhysical inverts one bit of the byte at an offset of the whole physical
// memory, mapped or not.
func (c *Control) FlipPhysical(offset gpu.Bytes, bit uint) error {
	d, err := c.device("flip")
	if err == nil {
		err = d.flipPhysical(offset, bit)
	}
	c.record(err, "flip memory +%d bit %d", uint64(offset), bit)
	return err
}

// Mapped is the sum of the extents that are mapped, as the device itself
// knows them.
func (c *Control) Mapped() gpu.Bytes {
	d, err := c.device("mapped")
	if err != nil {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mapped()
}

// Dirty counts the bytes that are not zero in memory that was given back:
// what somebody freed without scrubbing it. Bits that are stuck are nobody's
// fault and do not count. After the device's Close it says what Close found.
func (c *Control) Dirty() (gpu.Bytes, error) {
	d, err := c.device("dirty")
	if err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.phys == nil {
		return d.leftBehind, nil
	}
	n, err := d.phys.dirty(c.broken())
	if err != nil {
		return 0, d.hostFailure("dirty", err)
	}
	return n, nil
}

// device is the device that was opened last, closed or not.
func (c *Control) device(op Op) (*device, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dev == nil {
		return nil, &gpu.Error{Op: string(op), Device: c.index, Code: gpu.ErrClosed, Detail: "the device was never opened"}
	}
	return c.dev, nil
}

func (d *device) flip(id gpu.ExtentID, offset gpu.Bytes, bit uint) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, err := d.cell("flip", id, offset, bit)
	if err != nil {
		return err
	}
	return d.flipCell(at)
}

func (d *device) flipPhysical(offset gpu.Bytes, bit uint) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, err := d.physicalCell("flip", offset, bit)
	if err != nil {
		return err
	}
	return d.flipCell(at)
}

func (d *device) flipCell(at cell) error {
	one, err := d.phys.bit(at)
	if err == nil {
		err = d.phys.setBit(at, !one)
	}
	if err != nil {
		return d.hostFailure("flip", err)
	}
	return nil
}

// failure is an error of the device that poisons nothing.
func (d *device) failure(op Op, code gpu.Code, format string, args ...any) *gpu.Error {
	return &gpu.Error{Op: string(op), Device: d.info.Index, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// hostFailure says that the host did not do what the simulation needs.
func (d *device) hostFailure(op Op, err error) *gpu.Error {
	return d.failure(op, gpu.ErrUnknown, "%v", err)
}
