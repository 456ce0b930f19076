package cudacheck

import (
	"slices"
	"strconv"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// hostAddress is the address of host memory, to ask the driver about it. The
// device never gets it.
func hostAddress(memory []byte) driver.Ptr {
	return driver.Ptr(uintptr(unsafe.Pointer(unsafe.SliceData(memory))))
}

// shown is the value of an attribute for a person.
func shown(a driver.PointerAttribute, value uint64, r driver.Result) string {
	if r != driver.Success {
		return spell(r)
	}
	addresses := []driver.PointerAttribute{
		driver.PointerContext, driver.PointerDevicePointer, driver.PointerHostPointer, driver.PointerRangeStartAddress,
		driver.PointerMappingBaseAddress, driver.PointerMemoryPoolHandle,
	}
	switch {
	case !slices.Contains(addresses, a):
		return strconv.FormatUint(value, 10)
	case value == 0:
		return "none"
	default:
		return "there"
	}
}
