package driver

import (
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
)

// CopyToDevice queues a copy of all of from to device memory. The bytes must
// stay alive and unchanged until the stream has done it. Memory that is not
// page-locked may make the call block. Nothing is done for an empty slice.
func (l *Library) CopyToDevice(to Ptr, from []byte, s Stream) Result {
	if len(from) == 0 {
		return Success
	}
	return l.calls.cuMemcpyHtoDAsync_v2(to, unsafe.Pointer(unsafe.SliceData(from)), uint64(len(from)), s)
}

// CopyToHost queues a copy of device memory that fills all of to. The bytes
// must stay alive, and are not to be read, until the stream has done it.
// Memory that is not page-locked may make the call block. Nothing is done for
// an empty slice.
func (l *Library) CopyToHost(to []byte, from Ptr, s Stream) Result {
	if len(to) == 0 {
		return Success
	}
	return l.calls.cuMemcpyDtoHAsync_v2(unsafe.Pointer(unsafe.SliceData(to)), from, uint64(len(to)), s)
}

// Fill8 queues writing count times the byte value.
func (l *Library) Fill8(to Ptr, value byte, count gpu.Bytes, s Stream) Result {
	if count == 0 {
		return Success
	}
	return l.calls.cuMemsetD8Async(to, value, uint64(count), s)
}

// Fill32 queues writing the 4-byte value until size bytes are full. Address
// and size are multiples of 4; a size that is not is ErrorInvalidValue.
func (l *Library) Fill32(to Ptr, value uint32, size gpu.Bytes, s Stream) Result {
	switch {
	case size == 0:
		return Success
	case size%4 != 0:
		return ErrorInvalidValue
	}
	return l.calls.cuMemsetD32Async(to, value, uint64(size)/4, s)
}
