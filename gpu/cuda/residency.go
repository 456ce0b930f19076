package cuda

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// Residency asks the driver about the extent's first and last byte, and about
// the physical memory behind them. See gpu.Device.
func (d *device) Residency(id gpu.ExtentID) (gpu.Residency, error) {
	const op = "residency"
	if err := d.begin(op); err != nil {
		return gpu.Residency{}, err
	}
	m, err := d.extent(op, id)
	if err != nil {
		return gpu.Residency{}, err
	}
	return d.residency(op, m)
}

func (d *device) residency(op string, m *mapping) (gpu.Residency, error) {
	first, err := d.evidence(op, m, m.at(0))
	if err != nil {
		return gpu.Residency{}, err
	}
	last, err := d.evidence(op, m, m.at(m.size.SubSat(1)))
	if err != nil {
		return gpu.Residency{}, err
	}
	located, err := d.located(op, m)
	if err != nil {
		return gpu.Residency{}, err
	}
	r := gpu.Residency{
		Device: d.info.Index, Kind: gpu.KindCUDA,
		DeviceMemory: first.device && last.device && first.mapped && last.mapped,
		Managed:      first.managed || last.managed,
		HostPointer:  first.host || last.host,
		RangeCovered: first.covers && last.covers,
		OnDevice:     located && first.same && last.same && first.private && last.private,
		ReadOnly:     first.readOnly && last.readOnly,
		Size:         min(first.size, last.size),
	}
	if !first.ours || !last.ours {
		r.Device = -1 // of some other device
	}
	return r, nil
}

// evidence is what the driver says of one address.
type evidence struct {
	device, managed, host, ours, covers, mapped, readOnly, private, same bool
	size                                                                 gpu.Bytes
}

// evidence asks for every attribute that says where the memory is. Managed
// memory calls itself device memory too; that it is managed, and that it has a
// host pointer, are what gives it away.
func (d *device) evidence(op string, m *mapping, at driver.Ptr) (evidence, error) {
	var e evidence
	q := question{d: d, op: op, at: at}
	e.device = q.ask(driver.PointerMemoryType) == uint64(driver.MemoryDevice)
	e.managed = q.ask(driver.PointerIsManaged) != 0
	e.host = q.has(driver.PointerHostPointer)
	e.ours = q.ask(driver.PointerDeviceOrdinal) == uint64(gpu.BytesOf(d.ordinal))
	start, size := q.ask(driver.PointerRangeStartAddress), gpu.Bytes(q.ask(driver.PointerRangeSize))
	e.mapped = q.ask(driver.PointerMapped) == 1
	e.readOnly = q.ask(driver.PointerAccessFlags) == uint64(driver.AccessRead)
	e.private = q.ask(driver.PointerAllowedHandleTypes) == 0
	e.same = q.ask(driver.PointerMemoryBlockID) == m.blockID
	before, ok := gpu.Bytes(m.base).Sub(gpu.Bytes(start))
	e.size = size.SubSat(before)
	e.covers = ok && e.size >= m.size
	return e, q.err
}

// question asks for attributes of an address, and keeps the first error.
type question struct {
	d   *device
	op  string
	at  driver.Ptr
	err error
}

func (q *question) ask(a driver.PointerAttribute) uint64 {
	if q.err != nil {
		return 0
	}
	value, r := q.d.lib.PointerAttribute(a, q.at)
	q.err = q.d.check(q.op, "cuPointerGetAttribute of "+a.Name(), r)
	return value
}

// has tells whether an attribute exists: the driver answers that the value is
// invalid where it does not.
func (q *question) has(a driver.PointerAttribute) bool {
	if q.err != nil {
		return false
	}
	_, r := q.d.lib.PointerAttribute(a, q.at)
	if r == driver.ErrorInvalidValue {
		return false
	}
	q.err = q.d.check(q.op, "cuPointerGetAttribute of "+a.Name(), r)
	return true
}

// located asks for the properties of the physical memory behind the mapping:
// pinned, on this device, and not for other processes.
func (d *device) located(op string, m *mapping) (bool, error) {
	handle, r := d.lib.RetainHandle(m.base)
	if err := d.check(op, "cuMemRetainAllocationHandle", r); err != nil {
		return false, err
	}
	a, r := d.lib.Allocation(handle)
	err := d.check(op, "cuMemGetAllocationPropertiesFromHandle", r)
	if release := d.check(op, "cuMemRelease", d.lib.ReleaseMemory(handle)); release != nil {
		// A handle that stays keeps the memory from being given back: Close
		// tries again.
		d.stuck = append(d.stuck, &mapping{memory: handle, created: true})
		err = errors.CombineErrors(err, release)
	}
	return err == nil && a.Pinned && a.OnDevice && a.Device == d.handle && !a.Exportable, err
}
