package cuda

import (
	"cmp"
	"math"
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// Map makes physical memory on the device and a mapping of it. See gpu.Device.
func (d *device) Map(size gpu.Bytes) (gpu.ExtentID, error) {
	const op = "map"
	if err := d.begin(op); err != nil {
		return 0, err
	}
	unit := d.info.Granularity
	switch {
	case size == 0 || size%unit != 0:
		return 0, d.refuse(op, gpu.ErrInvalidValue, "%d bytes are no positive multiple of the granularity, %d", uint64(size), uint64(unit))
	case size > d.info.Total:
		return 0, d.refuse(op, gpu.ErrOutOfMemory, "%s of a device with %s", size, d.info.Total)
	case d.last == math.MaxUint32:
		return 0, d.refuse(op, gpu.ErrOutOfMemory, "all extent numbers are used up: open the device again")
	}
	m, err := d.newMapping(op, size)
	if err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	m.id = d.last
	d.extents[m.id] = m
	return m.id, nil
}

// Unmap waits for work that may use the extent and gives its memory back. An
// extent of which a part could not be given back stays listed, and can only be
// unmapped again. See gpu.Device.
func (d *device) Unmap(id gpu.ExtentID) error {
	const op = "unmap"
	if err := d.begin(op); err != nil {
		return err
	}
	d.mu.Lock()
	m, ok := d.extents[id]
	d.mu.Unlock()
	if !ok {
		return d.refuse(op, gpu.ErrNotFound, "extent %d", id)
	}
	if err := d.settle(op, false, m); err != nil {
		return err
	}
	d.epoch++
	if err := d.dropMapping(op, m); err != nil {
		return err
	}
	d.forget(id)
	return nil
}

// Protect waits for work that may use the extent and changes what its mapping
// allows. See gpu.Device.
func (d *device) Protect(id gpu.ExtentID, prot gpu.Protection) error {
	const op = "protect"
	if err := d.begin(op); err != nil {
		return err
	}
	m, err := d.extent(op, id)
	switch {
	case err != nil:
		return err
	case prot != gpu.ReadOnly && prot != gpu.ReadWrite:
		return d.refuse(op, gpu.ErrInvalidValue, "protection %d", prot)
	case prot == gpu.ReadOnly && !d.info.ReadOnlyMappings:
		return d.refuse(op, gpu.ErrNotSupported, "the driver does not honour read-only mappings, as a probe found when the device was opened")
	}
	if err := d.settle(op, false, m); err != nil {
		return err
	}
	return d.protect(op, m, prot)
}

// Extents answers from any thread, because it cannot report an error. See
// gpu.Device.
func (d *device) Extents() []gpu.Extent {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]gpu.Extent, 0, len(d.extents))
	for id, m := range d.extents {
		list = append(list, gpu.Extent{ID: id, Size: m.size, Protection: m.prot})
	}
	slices.SortFunc(list, func(a, b gpu.Extent) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// extent is the mapping with an id.
func (d *device) extent(op string, id gpu.ExtentID) (*mapping, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m, ok := d.extents[id]
	switch {
	case !ok:
		return nil, d.refuse(op, gpu.ErrNotFound, "extent %d", id)
	case !m.mapped:
		return nil, d.refuse(op, gpu.ErrNotFound, "extent %d is half unmapped: unmap it again", id)
	}
	return m, nil
}

// span is the mapping and the address of a span.
func (d *device) span(op string, at gpu.Span) (*mapping, driver.Ptr, error) {
	m, err := d.extent(op, at.Extent)
	if err != nil {
		return nil, 0, err
	}
	if !at.Offset.Within(at.Size, m.size) {
		return nil, 0, d.refuse(op, gpu.ErrInvalidValue, "%d bytes at offset %d do not fit in the %d of extent %d",
			uint64(at.Size), uint64(at.Offset), uint64(m.size), at.Extent)
	}
	return m, m.at(at.Offset), nil
}
