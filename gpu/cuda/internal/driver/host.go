package driver

import (
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
)

// AllocateHost gives page-locked memory of the host, for staging: the device
// copies from and to it at full speed. It is the driver's memory, not Go's;
// the caller gives it back with FreeHost and does not touch it afterwards. It
// costs about a millisecond, so it is done once. An impossible size is
// ErrorInvalidValue.
func (l *Library) AllocateHost(size gpu.Bytes) ([]byte, Result) {
	n := int(size) //nolint:gosec // checked in the next line
	if n <= 0 || gpu.Bytes(n) != size {
		return nil, ErrorInvalidValue
	}
	var p unsafe.Pointer
	if r := l.calls.cuMemHostAlloc(&p, uint64(size), hostPortable); r != Success {
		return nil, r
	}
	if p == nil {
		return nil, ErrorUnknown
	}
	return unsafe.Slice((*byte)(p), n), Success
}

// FreeHost gives memory of AllocateHost back; no copy may still use it.
func (l *Library) FreeHost(memory []byte) Result {
	return l.calls.cuMemFreeHost(unsafe.Pointer(unsafe.SliceData(memory)))
}
