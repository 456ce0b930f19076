package sim

import (
	"maps"

	"github.com/vram-engine/vram-engine/gpu"
)

// Stick makes one bit (0 to 7) of the byte at offset of an extent always read
// as one, or as zero, whatever is written: a memory cell that is broken. It is
// a cell of the physical memory, and stays broken when the extent is unmapped,
// and when the device is closed and opened again, until Clear; then it keeps
// its last value. It holds from the device's next call on. A kernel finds the
// bit stuck when it starts, but may change it until it ends. The errors are
// gpu.ErrNotFound, gpu.ErrInvalidValue and gpu.ErrClosed.
func (c *Control) Stick(id gpu.ExtentID, offset gpu.Bytes, bit uint, one bool) error {
	err := c.stickAt(one, func(d *device) (cell, error) { return d.cell("stick", id, offset, bit) })
	c.record(err, "stick extent %d +%d bit %d at %t", id, uint64(offset), bit, one)
	return err
}

// StickPhysical is Stick for the byte at an offset of the whole physical
// memory, mapped or not.
func (c *Control) StickPhysical(offset gpu.Bytes, bit uint, one bool) error {
	err := c.stickAt(one, func(d *device) (cell, error) { return d.physicalCell("stick", offset, bit) })
	c.record(err, "stick memory +%d bit %d at %t", uint64(offset), bit, one)
	return err
}

func (c *Control) stickAt(one bool, find func(*device) (cell, error)) error {
	d, err := c.device("stick")
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at, err := find(d)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	broken := maps.Clone(c.stuck)
	if broken == nil {
		broken = map[cell]bool{}
	}
	broken[at] = one
	c.stuck = broken
	return nil
}

// broken are the cells that are stuck, and their values. The map is never
// changed.
func (c *Control) broken() map[cell]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stuck
}

// stick gives broken cells their values back. Every call that could read them
// does so first.
func (d *device) stick(op Op) error {
	broken := d.control.broken()
	if len(broken) == 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for at, one := range broken {
		if err := d.phys.setBit(at, one); err != nil {
			return d.hostFailure(op, err)
		}
	}
	return nil
}
