package nvml

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
)

// Memory is how much memory a device has and how it is used, by all
// processes.
type Memory struct{ Total, Reserved, Free, Used gpu.Bytes }

// Process is one that has a context on a device.
type Process struct {
	PID  int
	Used gpu.Bytes // zero if it is not known
	// Known tells whether Used is: it is not on Windows and for other users'
	// processes in containers.
	Known bool
}

// DeviceCount is how many devices the driver manages; not all of them need to
// be visible to CUDA.
func (l *Library) DeviceCount() (int, Result) {
	var count uint32
	r := l.calls.nvmlDeviceGetCount_v2(&count)
	return int(count), r
}

// DeviceByIndex is the device with a number of the driver's own order, which
// is not CUDA's.
func (l *Library) DeviceByIndex(index int) (Device, Result) {
	var device Device
	r := l.calls.nvmlDeviceGetHandleByIndex_v2(uint32(index), &device) //nolint:gosec // refused by the library
	return device, r
}

// DeviceByUUID is the device with a UUID as UUIDText writes it: the way from
// a CUDA device to the same device here.
func (l *Library) DeviceByUUID(text string) (Device, Result) {
	var device Device
	name := append([]byte(text), 0)
	r := l.calls.nvmlDeviceGetHandleByUUID(unsafe.SliceData(name), &device)
	return device, r
}

// Find is the device with the UUID that the CUDA driver gives, and that UUID
// as text. A slice of a device (MIG) has a UUID of its own, which only the
// text tells from a whole device's. ErrorNotFound if there is neither; the
// text is then that of a whole device.
func (l *Library) Find(id [16]byte) (Device, string, Result) {
	text := UUIDText(id)
	device, r := l.DeviceByUUID(text)
	if r == Success {
		return device, text, r
	}
	slice := "MIG-" + strings.TrimPrefix(text, "GPU-")
	if device, r := l.DeviceByUUID(slice); r == Success {
		return device, slice, r
	}
	return 0, text, r
}

// UUIDText writes the UUID of a whole device as the driver's tools do:
// GPU-8-4-4-4-12.
func UUIDText(id [16]byte) string {
	return fmt.Sprintf("GPU-%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

// UUID is what names the device for ever.
func (l *Library) UUID(d Device) (string, Result) {
	text := make([]byte, 97)
	r := l.calls.nvmlDeviceGetUUID(d, unsafe.SliceData(text), uint32(len(text)-1)) //nolint:gosec // 96
	return untilZero(text), r
}

// Name is the product name.
func (l *Library) Name(d Device) (string, Result) {
	text := make([]byte, 97)
	r := l.calls.nvmlDeviceGetName(d, unsafe.SliceData(text), uint32(len(text)-1)) //nolint:gosec // 96
	return untilZero(text), r
}

// ComputeMode is who may use the device.
func (l *Library) ComputeMode(d Device) (ComputeMode, Result) {
	var mode ComputeMode
	r := l.calls.nvmlDeviceGetComputeMode(d, &mode)
	return mode, r
}

// Memory is how the device's memory is used. It is optional.
func (l *Library) Memory(d Device) (Memory, Result) {
	info := memoryInfo{version: memoryVersion}
	if r := l.calls.nvmlDeviceGetMemoryInfo_v2(d, &info); r != Success {
		return Memory{}, r
	}
	return Memory{
		Total: gpu.Bytes(info.total), Reserved: gpu.Bytes(info.reserved),
		Free: gpu.Bytes(info.free), Used: gpu.Bytes(info.used),
	}, Success
}

// mostProcesses bounds what a list of processes may grow to.
const mostProcesses = 1 << 14

// Processes are those that have a context on the device, this one included.
// It is optional.
func (l *Library) Processes(d Device) ([]Process, Result) {
	for room := uint32(64); room <= mostProcesses; room *= 2 {
		list, count := make([]processInfo, room), room
		r := l.calls.nvmlDeviceGetComputeRunningProcesses_v3(d, &count, unsafe.SliceData(list))
		if r == ErrorInsufficientSize {
			continue
		}
		if r != Success {
			return nil, r
		}
		var found []Process
		for _, info := range list[:min(count, room)] {
			p := Process{PID: int(info.pid), Known: info.used != ^uint64(0)}
			if p.Known {
				p.Used = gpu.Bytes(info.used)
			}
			found = append(found, p)
		}
		return found, Success
	}
	return nil, ErrorInsufficientSize
}
