package sim

import "github.com/vram-engine/vram-engine/gpu"

// cell is the place of one bit of the physical memory.
type cell struct {
	granule int
	at      gpu.Bytes // in the granule
	bit     uint      // 0 to 7
}

// cell finds a bit of an extent. The mutex is held.
func (d *device) cell(op Op, id gpu.ExtentID, offset gpu.Bytes, bit uint) (cell, error) {
	if d.phys == nil {
		return cell{}, d.failure(op, gpu.ErrClosed, "")
	}
	m, ok := d.extents[id]
	if !ok {
		return cell{}, d.failure(op, gpu.ErrNotFound, "extent %d", id)
	}
	nth, ok := (offset / d.phys.granule).Int()
	if !ok || nth >= len(m.granules) || bit > 7 {
		return cell{}, d.failure(op, gpu.ErrInvalidValue, "bit %d of byte %d", bit, uint64(offset))
	}
	return cell{granule: m.granules[nth], at: offset % d.phys.granule, bit: bit}, nil
}

// physicalCell finds a bit of the whole memory. The mutex is held.
func (d *device) physicalCell(op Op, offset gpu.Bytes, bit uint) (cell, error) {
	if d.phys == nil {
		return cell{}, d.failure(op, gpu.ErrClosed, "")
	}
	granule, ok := (offset / d.phys.granule).Int()
	if !ok || granule >= len(d.phys.used) || bit > 7 {
		return cell{}, d.failure(op, gpu.ErrInvalidValue, "bit %d of byte %d", bit, uint64(offset))
	}
	return cell{granule: granule, at: offset % d.phys.granule, bit: bit}, nil
}

// bit reads one bit, mapped or not.
func (p *physical) bit(c cell) (bool, error) {
	var b [1]byte
	if err := p.read(c.granule, c.at, b[:]); err != nil {
		return false, err
	}
	return b[0]>>c.bit&1 == 1, nil
}

// setBit writes one bit, mapped or not, whatever the protection. A bit that
// has the value already is left alone.
func (p *physical) setBit(c cell, one bool) error {
	var b [1]byte
	if err := p.read(c.granule, c.at, b[:]); err != nil {
		return err
	}
	if (b[0]>>c.bit&1 == 1) == one {
		return nil
	}
	b[0] ^= 1 << c.bit
	return p.write(c.granule, c.at, b[:])
}
