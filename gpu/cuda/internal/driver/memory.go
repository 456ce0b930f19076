package driver

import "github.com/vram-engine/vram-engine/gpu"

// MemoryInfo is how much memory of the current device is free, and how much
// there is; other processes count too.
func (l *Library) MemoryInfo() (free, total gpu.Bytes, r Result) {
	var f, t uint64
	r = l.calls.cuMemGetInfo_v2(&f, &t)
	return gpu.Bytes(f), gpu.Bytes(t), r
}

// Granularity is what sizes and addresses of device memory are multiples of.
// No context is needed.
func (l *Library) Granularity(d Device) (gpu.Bytes, Result) {
	var size uint64
	prop := deviceMemory(d)
	r := l.calls.cuMemGetAllocationGranularity(&size, &prop, granularityMinimum)
	return gpu.Bytes(size), r
}

// CreateMemory allocates physical memory on the device, and nowhere else. It
// cannot be exported, and its contents are whatever was there. The size is a
// multiple of Granularity. The caller releases it.
func (l *Library) CreateMemory(d Device, size gpu.Bytes) (Handle, Result) {
	var handle Handle
	prop := deviceMemory(d)
	r := l.calls.cuMemCreate(&handle, uint64(size), &prop, 0)
	return handle, r
}

// deviceMemory asks for memory that stays on the device.
func deviceMemory(d Device) allocationProp {
	return allocationProp{kind: allocationPinned, handleTypes: handleTypeNone, locationType: locationDevice, locationID: int32(d)}
}

// ReleaseMemory gives a handle back. The memory lives on while it is mapped.
func (l *Library) ReleaseMemory(h Handle) Result { return l.calls.cuMemRelease(h) }

// ReserveAddress takes a range of addresses with no memory behind it. The
// caller frees it with the same size.
func (l *Library) ReserveAddress(size, alignment gpu.Bytes) (Ptr, Result) {
	var p Ptr
	r := l.calls.cuMemAddressReserve(&p, uint64(size), uint64(alignment), 0, 0)
	return p, r
}

// FreeAddress gives a reserved range back, which has nothing mapped any more.
func (l *Library) FreeAddress(p Ptr, size gpu.Bytes) Result {
	return l.calls.cuMemAddressFree(p, uint64(size))
}

// Map puts the whole of a handle's memory at p. Nothing may use it before
// SetAccess. Memory stays mapped until Unmap, even if the handle is released.
func (l *Library) Map(p Ptr, size gpu.Bytes, h Handle) Result {
	return l.calls.cuMemMap(p, uint64(size), 0, h, 0)
}

// Unmap takes the memory at p away; the range is exactly one that was mapped.
// Work that uses it must be done.
func (l *Library) Unmap(p Ptr, size gpu.Bytes) Result { return l.calls.cuMemUnmap(p, uint64(size)) }

// SetAccess says what device d may do with the mapping at p. It is a property
// of this mapping: the same memory mapped elsewhere has its own.
func (l *Library) SetAccess(p Ptr, size gpu.Bytes, d Device, access Access) Result {
	desc := accessDesc{locationType: locationDevice, locationID: int32(d), flags: int32(access)}
	return l.calls.cuMemSetAccess(p, uint64(size), &desc, 1)
}
