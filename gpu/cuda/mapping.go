package cuda

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// mapping is physical memory of the device at addresses of its own. The flags
// tell which of its parts are there, so that what failed half-way can be
// undone, now or later.
type mapping struct {
	id       gpu.ExtentID // 0 for the arena's
	size     gpu.Bytes
	prot     gpu.Protection
	base     driver.Ptr
	memory   driver.Handle
	blockID  uint64 // the driver's name of the physical memory
	created  bool   // memory is held by its handle
	reserved bool   // addresses are reserved
	mapped   bool
}

// at is the address of a byte.
func (m *mapping) at(offset gpu.Bytes) driver.Ptr { return m.base + driver.Ptr(offset) }

// there tells whether any part of the mapping is.
func (m *mapping) there() bool { return m.mapped || m.created || m.reserved }

// newMapping makes a mapping that is read and written, or changes nothing.
func (d *device) newMapping(op string, size gpu.Bytes) (*mapping, error) {
	m := &mapping{size: size}
	err := d.makeMapping(op, m)
	if err == nil {
		return m, nil
	}
	if undo := d.dropMapping(op, m); undo != nil {
		d.stuck = append(d.stuck, m)
		err = errors.CombineErrors(err, undo)
	}
	return nil, err
}

// makeMapping goes through the steps of a mapping. The handle is given back at
// once: the mapping keeps the memory. Code in this process that knows the address
// can get the handle back from the driver, and map the memory a second time.
func (d *device) makeMapping(op string, m *mapping) error {
	var r driver.Result
	if m.memory, r = d.lib.CreateMemory(d.handle, m.size); r != driver.Success {
		return d.check(op, "cuMemCreate", r)
	}
	m.created = true
	if m.base, r = d.lib.ReserveAddress(m.size, d.info.Granularity); r != driver.Success {
		return d.check(op, "cuMemAddressReserve", r)
	}
	m.reserved = true
	if r = d.lib.Map(m.base, m.size, m.memory); r != driver.Success {
		return d.check(op, "cuMemMap", r)
	}
	m.mapped = true
	if r = d.lib.SetAccess(m.base, m.size, d.handle, driver.AccessReadWrite); r != driver.Success {
		return d.check(op, "cuMemSetAccess", r)
	}
	if m.blockID, r = d.lib.PointerAttribute(driver.PointerMemoryBlockID, m.base); r != driver.Success {
		return d.check(op, "cuPointerGetAttribute", r)
	}
	if r = d.lib.ReleaseMemory(m.memory); r != driver.Success {
		return d.check(op, "cuMemRelease", r)
	}
	m.created = false
	return nil
}

// dropMapping undoes what is there of a mapping, and goes on after an error:
// what stays is tried by the next call.
func (d *device) dropMapping(op string, m *mapping) error {
	var failed error
	if m.mapped {
		err := d.check(op, "cuMemUnmap", d.lib.Unmap(m.base, m.size))
		m.mapped = err != nil
		failed = errors.CombineErrors(failed, err)
	}
	if m.created {
		err := d.check(op, "cuMemRelease", d.lib.ReleaseMemory(m.memory))
		m.created = err != nil
		failed = errors.CombineErrors(failed, err)
	}
	if m.reserved && !m.mapped {
		err := d.check(op, "cuMemAddressFree", d.lib.FreeAddress(m.base, m.size))
		m.reserved = err != nil
		failed = errors.CombineErrors(failed, err)
	}
	return failed
}

// protect changes what the mapping allows.
func (d *device) protect(op string, m *mapping, prot gpu.Protection) error {
	access := driver.AccessReadWrite
	if prot == gpu.ReadOnly {
		access = driver.AccessRead
	}
	if err := d.check(op, "cuMemSetAccess", d.lib.SetAccess(m.base, m.size, d.handle, access)); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	m.prot = prot
	return nil
}
