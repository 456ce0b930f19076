package cuda

import (
	"fmt"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/nvml"
)

// facts are what is known of a device before it is opened.
type facts struct {
	info    gpu.Info
	ordinal int // as the driver counts
	handle  driver.Device
	uuid    [16]byte
}

// Refusal is a device that may not be used.
type Refusal struct {
	Ordinal int // as the driver counts
	UUID    string
	Name    string
	Reason  string // what is wrong with it, and what to do
}

// leastCapability is the oldest GPU that the kernels are compiled for.
const leastCapability = 70

// readFacts asks the driver about a device. The second result says why it may
// not be used, or is empty.
func readFacts(lib *driver.Library, ordinal int, o Options) (facts, string, error) {
	q := inquiry{lib: lib, ordinal: ordinal}
	f := facts{ordinal: ordinal, info: gpu.Info{Kind: gpu.KindCUDA}}
	var r driver.Result
	if f.handle, r = lib.Device(ordinal); r != driver.Success {
		return f, "", failure("devices", ordinal, r)
	}
	q.handle = f.handle
	name, r := lib.DeviceName(f.handle)
	q.answered(r)
	uuid, r := lib.DeviceUUID(f.handle)
	q.answered(r)
	total, r := lib.DeviceMemory(f.handle)
	q.answered(r)
	f.uuid, f.info.Name, f.info.UUID, f.info.Total = uuid, name, nvml.UUIDText(uuid), total
	reason := q.refusal(o)
	if q.err != nil || reason != "" {
		return f, reason, q.err
	}
	f.info.Granularity, r = lib.Granularity(f.handle)
	q.answered(r)
	if q.err == nil && (f.info.Granularity == 0 || f.info.Granularity%gpu.BlockSize != 0) {
		reason = fmt.Sprintf("its memory is handed out in units of %d bytes, which are no multiple of a block", uint64(f.info.Granularity))
	}
	f.info.Notes = q.notes()
	return f, reason, q.err
}

// inquiry asks for attributes, and keeps the first error.
type inquiry struct {
	lib     *driver.Library
	handle  driver.Device
	ordinal int
	err     error
}

func (q *inquiry) answered(r driver.Result) {
	if r != driver.Success && q.err == nil {
		q.err = failure("devices", q.ordinal, r)
	}
}

func (q *inquiry) ask(a driver.DeviceAttribute) int {
	if q.err != nil {
		return 0
	}
	value, r := q.lib.DeviceAttribute(a, q.handle)
	q.answered(r)
	return value
}

// refusal is why the device may not be used.
func (q *inquiry) refusal(o Options) string {
	major, minor := q.ask(driver.DeviceComputeCapabilityMajor), q.ask(driver.DeviceComputeCapabilityMinor)
	integrated := q.ask(driver.DeviceIntegrated) != 0
	coherent := q.ask(driver.DevicePageableMemoryAccessUsesHostPageTables) != 0
	managed := q.ask(driver.DeviceVirtualMemoryManagementSupported) != 0
	mode := driver.ComputeMode(q.ask(driver.DeviceComputeMode)) //nolint:gosec // a small number
	switch {
	case q.err != nil:
		return ""
	case 10*major+minor < leastCapability:
		return fmt.Sprintf("its compute capability is %d.%d and 7.0 is needed: use a GPU of the Volta generation or newer", major, minor)
	case integrated:
		return "it is integrated: its memory is the host's, and nothing can be resident in memory of its own; use a GPU with its own memory"
	case coherent && !o.AllowCoherent:
		return "the host can reach its memory as its own (coherent platform), so residency cannot be proven: allow coherent devices if that is acceptable"
	case !managed:
		return "its driver cannot map memory at chosen addresses (virtual memory management): update the driver, or leave the Windows display driver model"
	case mode == driver.ComputeProhibited:
		return "it is in prohibited mode: nvidia-smi -c DEFAULT, or EXCLUSIVE_PROCESS, makes it usable"
	}
	return ""
}

// notes are findings that do not keep the device from being used.
func (q *inquiry) notes() []string {
	var notes []string
	say := func(is bool, text string) {
		if is {
			notes = append(notes, text)
		}
	}
	coherent := q.ask(driver.DevicePageableMemoryAccessUsesHostPageTables) != 0
	say(coherent, "the host can reach the device's memory as its own (coherent platform), which is allowed by option")
	say(!coherent && q.ask(driver.DevicePageableMemoryAccess) != 0, "kernels can reach the host's memory (HMM)")
	say(q.ask(driver.DeviceECCEnabled) == 0, "ECC is off: flipped bits are found by digests only")
	say(driver.ComputeMode(q.ask(driver.DeviceComputeMode)) == driver.ComputeExclusiveProcess, //nolint:gosec // a small number
		"the device is in exclusive mode: no other process can use it")
	return notes
}

// ErrNoDevice says that there is no device that may be used.
var ErrNoDevice = errors.New("cuda: no usable GPU")
