package driver

import (
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/dynlib"
)

// Init initialises the driver. It reads the environment, takes up to seconds,
// and may be called again. No context is needed.
func (l *Library) Init() Result { return l.calls.cuInit(0) }

// Version is the CUDA version of the driver, 12040 for 12.4. It may be asked
// before Init. No context is needed.
func (l *Library) Version() (int, Result) {
	var version int32
	r := l.calls.cuDriverGetVersion(&version)
	return int(version), r
}

// ErrorText is the driver's own description of a result, or empty. No context
// is needed.
func (l *Library) ErrorText(result Result) string {
	var text unsafe.Pointer
	if l.calls.cuGetErrorString(result, &text) != Success {
		return ""
	}
	return dynlib.Text(text)
}

// ErrorName is the driver's own name of a result, or empty. It knows codes
// that are newer than the list. No context is needed.
func (l *Library) ErrorName(result Result) string {
	var text unsafe.Pointer
	if l.calls.cuGetErrorName(result, &text) != Success {
		return ""
	}
	return dynlib.Text(text)
}

// DeviceCount is how many devices this process sees. No context is needed.
func (l *Library) DeviceCount() (int, Result) {
	var count int32
	r := l.calls.cuDeviceGetCount(&count)
	return int(count), r
}

// Device is the device with a number, counted from zero. No context is needed.
func (l *Library) Device(ordinal int) (Device, Result) {
	var device Device
	r := l.calls.cuDeviceGet(&device, int32(ordinal)) //nolint:gosec // a number that does not fit is refused by the driver
	return device, r
}

// DeviceName is the product name. No context is needed.
func (l *Library) DeviceName(d Device) (string, Result) {
	text := make([]byte, 256)
	r := l.calls.cuDeviceGetName(unsafe.SliceData(text), int32(len(text)-1), d) //nolint:gosec // 255
	return untilZero(text), r
}

// DeviceUUID is what names the device for ever; for a MIG slice, the slice.
// No context is needed.
func (l *Library) DeviceUUID(d Device) ([16]byte, Result) {
	var id uuid
	r := l.calls.cuDeviceGetUuid_v2(&id, d)
	return id.bytes, r
}

// DeviceMemory is how much memory the device has in all. No context is needed.
func (l *Library) DeviceMemory(d Device) (gpu.Bytes, Result) {
	var size uint64
	r := l.calls.cuDeviceTotalMem_v2(&size, d)
	return gpu.Bytes(size), r
}

// DeviceAttribute is a property of the device, in the unit of the attribute.
// No context is needed.
func (l *Library) DeviceAttribute(a DeviceAttribute, d Device) (int, Result) {
	var value int32
	r := l.calls.cuDeviceGetAttribute(&value, a, d)
	return int(value), r
}

// DevicePCIBusID is where the device is, as "0000:65:00.0". No context is
// needed.
func (l *Library) DevicePCIBusID(d Device) (string, Result) {
	text := make([]byte, 64)
	r := l.calls.cuDeviceGetPCIBusId(unsafe.SliceData(text), int32(len(text)-1), d) //nolint:gosec // 63
	return untilZero(text), r
}

// untilZero is a text in a buffer, up to the first zero byte.
func untilZero(text []byte) string {
	for i, b := range text {
		if b == 0 {
			return string(text[:i])
		}
	}
	return string(text)
}
