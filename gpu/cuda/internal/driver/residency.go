package driver

import "unsafe"

// Allocation is what the driver says about physical memory.
type Allocation struct {
	Pinned     bool   // it does not move
	OnDevice   bool   // it is memory of a device
	Device     Device // of which one, if OnDevice
	Exportable bool   // other processes can be given it
}

// RetainHandle gives a handle of the memory that is mapped at p. The caller
// releases it.
func (l *Library) RetainHandle(p Ptr) (Handle, Result) {
	var handle Handle
	r := l.calls.cuMemRetainAllocationHandle(&handle, p)
	return handle, r
}

// Allocation tells where a handle's memory is: the strongest statement that
// the driver makes.
func (l *Library) Allocation(h Handle) (Allocation, Result) {
	var prop allocationProp
	if r := l.calls.cuMemGetAllocationPropertiesFromHandle(&prop, h); r != Success {
		return Allocation{}, r
	}
	return Allocation{
		Pinned:     prop.kind == allocationPinned,
		OnDevice:   prop.locationType == locationDevice,
		Device:     Device(prop.locationID),
		Exportable: prop.handleTypes != handleTypeNone,
	}, Success
}

// PointerAttribute is a property of the address p. The driver writes one, four
// or eight bytes, depending on the attribute; the rest is zero. What is
// returned for an attribute that is an address is an address, and not to be
// printed. The answer ErrorInvalidValue can be the wanted one: memory of the
// device has no host pointer.
func (l *Library) PointerAttribute(a PointerAttribute, p Ptr) (uint64, Result) {
	var value [2]uint64 // the second is room for a driver that writes more
	r := l.calls.cuPointerGetAttribute(unsafe.Pointer(&value), a, p)
	if r != Success {
		return 0, r
	}
	return value[0], r
}
