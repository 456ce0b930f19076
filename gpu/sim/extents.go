package sim

import (
	"cmp"
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
)

// Map takes granules from the top of the free stack. See gpu.Device.
func (d *device) Map(size gpu.Bytes) (gpu.ExtentID, error) {
	id, err := d.mapExtent(size)
	d.control.record(err, "map %d = extent %d", uint64(size), id)
	return id, err
}

func (d *device) mapExtent(size gpu.Bytes) (gpu.ExtentID, error) {
	if err := d.begin(OpMap); err != nil {
		return 0, err
	}
	unit := d.info.Granularity
	if size == 0 || size%unit != 0 {
		return 0, d.failure(OpMap, gpu.ErrInvalidValue, "%d bytes are no positive multiple of %d", uint64(size), uint64(unit))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	free := d.phys.available().SubSat(d.control.outside())
	n, ok := (size / unit).Int()
	if !ok || size > free {
		return 0, d.failure(OpMap, gpu.ErrOutOfMemory, "%d bytes are needed and %d are free", uint64(size), uint64(free))
	}
	if d.last+1 == 0 {
		return 0, d.failure(OpMap, gpu.ErrOutOfMemory, "all extent numbers are used up: open the device again")
	}
	m, err := d.newMapping(n, size)
	if err != nil {
		return 0, d.failure(OpMap, gpu.ErrOutOfMemory, "%v", err)
	}
	d.last++
	d.extents[d.last] = m
	return d.last, nil
}

// newMapping makes a mapping of n granules, or changes nothing.
func (d *device) newMapping(n int, size gpu.Bytes) (*mapping, error) {
	granules, err := d.phys.take(n)
	if err != nil {
		return nil, err
	}
	m, err := mapGranules(d.phys, granules, size)
	if err != nil {
		d.phys.giveUnused(granules)
		return nil, err
	}
	if d.locked {
		d.locked = m.lock() == nil
	}
	return m, nil
}

// Unmap gives the memory back with its contents. See gpu.Device.
func (d *device) Unmap(id gpu.ExtentID) error {
	err := d.unmapExtent(id)
	d.control.record(err, "unmap extent %d", id)
	return err
}

func (d *device) unmapExtent(id gpu.ExtentID) error {
	if err := d.begin(OpUnmap); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	m, ok := d.extents[id]
	if !ok {
		return d.failure(OpUnmap, gpu.ErrNotFound, "extent %d", id)
	}
	return d.drop(OpUnmap, id, m)
}

// drop unmaps and forgets an extent.
func (d *device) drop(op Op, id gpu.ExtentID, m *mapping) error {
	if err := m.unmap(); err != nil {
		return d.hostFailure(op, err)
	}
	delete(d.extents, id)
	d.phys.give(m.granules)
	return nil
}

// Protect changes the protection of the extent's pages. See gpu.Device.
func (d *device) Protect(id gpu.ExtentID, prot gpu.Protection) error {
	err := d.protectExtent(id, prot)
	d.control.record(err, "protect extent %d %s", id, protName(prot))
	return err
}

func protName(prot gpu.Protection) string {
	switch prot {
	case gpu.ReadOnly:
		return "read-only"
	case gpu.ReadWrite:
		return "read-write"
	default:
		return "unknown"
	}
}

func (d *device) protectExtent(id gpu.ExtentID, prot gpu.Protection) error {
	if err := d.begin(OpProtect); err != nil {
		return err
	}
	if prot != gpu.ReadOnly && prot != gpu.ReadWrite {
		return d.failure(OpProtect, gpu.ErrInvalidValue, "protection %d", prot)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	m, ok := d.extents[id]
	if !ok {
		return d.failure(OpProtect, gpu.ErrNotFound, "extent %d", id)
	}
	if err := m.protect(prot); err != nil {
		return d.hostFailure(OpProtect, err)
	}
	return nil
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

// mapped is the sum of all extents. The mutex is held.
func (d *device) mapped() gpu.Bytes {
	var sum gpu.Bytes
	for _, m := range d.extents {
		sum = sum.AddSat(m.size)
	}
	return sum
}

// Residency answers truthfully, unless Control.Lie changes it. See
// gpu.Device.
func (d *device) Residency(id gpu.ExtentID) (gpu.Residency, error) {
	r, err := d.residency(id)
	d.control.record(err, "residency extent %d", id)
	return r, err
}

func (d *device) residency(id gpu.ExtentID) (gpu.Residency, error) {
	if err := d.begin(OpResidency); err != nil {
		return gpu.Residency{}, err
	}
	d.mu.Lock()
	m, ok := d.extents[id]
	d.mu.Unlock()
	if !ok {
		return gpu.Residency{}, d.failure(OpResidency, gpu.ErrNotFound, "extent %d", id)
	}
	r := gpu.Residency{
		Device: d.info.Index, Kind: gpu.KindSimulated, DeviceMemory: true, RangeCovered: true, OnDevice: true,
		ReadOnly: m.prot == gpu.ReadOnly, Size: m.size,
	}
	d.control.falsify(&r)
	return r, nil
}
