package gpu

import "fmt"

// Residency is the evidence of where an extent's memory is, as the driver
// answers for its first and last byte (VP-001, VP-005). What each field means
// for CUDA is the pointer attribute named beside it.
type Residency struct {
	Device       int   // DEVICE_ORDINAL
	Kind         Kind  // which driver answered
	DeviceMemory bool  // MEMORY_TYPE is device
	Managed      bool  // IS_MANAGED: unified memory, which could migrate
	HostPointer  bool  // HOST_POINTER exists: zero-copy memory
	RangeCovered bool  // RANGE_START/RANGE_SIZE cover the extent
	OnDevice     bool  // the allocation's location is this device
	ReadOnly     bool  // ACCESS_FLAGS: the mapping refuses writes
	Size         Bytes // the extent's size as the driver knows it
}

// Violations lists what contradicts "in this device's memory and nowhere
// else". An empty list is the proof; device is the index that is expected.
func (r Residency) Violations(device int, size Bytes) []string {
	var v []string
	say := func(bad bool, format string, args ...any) {
		if bad {
			v = append(v, fmt.Sprintf(format, args...))
		}
	}
	say(!r.DeviceMemory, "memory is not device memory")
	say(r.Managed, "memory is managed (unified) and could migrate to the host")
	say(r.HostPointer, "memory is mapped into the host's address space")
	say(!r.RangeCovered, "the driver's range does not cover the extent")
	say(!r.OnDevice, "the allocation is located elsewhere")
	say(r.Device != device, "memory belongs to device %d, not to device %d", r.Device, device)
	say(r.Size < size, "the driver knows only %d of %d bytes", uint64(r.Size), uint64(size))
	return v
}
