package cudatest_test

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// The result codes of NVML that the tests expect.
const (
	nvmlUninitialised = 1
	nvmlInvalid       = 2
	nvmlUnsupported   = 3
	nvmlNotFound      = 6
	nvmlTooSmall      = 7
	nvmlNoDriver      = 9
	nvmlTimeout       = 10
	nvmlLost          = 15
	nvmlVersion       = 25
	nvmlUnknown       = 999
)

// nvml initialises NVML, and finds the device that CUDA counts so.
func (d *driver) nvml(device int) uintptr {
	d.t.Helper()
	d.want(success, d.call("nvmlInit_v2"))
	d.want(success, d.call("cuInit", 0))
	var uuid [16]byte
	d.want(success, d.call("cuDeviceGetUuid_v2", uintptr(unsafe.Pointer(&uuid)), uintptr(device)))
	text := append([]byte(uuidText("GPU-", uuid)), 0)
	var handle uintptr
	d.want(success, d.call("nvmlDeviceGetHandleByUUID", uintptr(unsafe.Pointer(&text[0])), uintptr(unsafe.Pointer(&handle))))
	return handle
}

func uuidText(prefix string, u [16]byte) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	b.WriteString(prefix)
	for i, x := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b.WriteByte('-')
		}
		b.WriteByte(digits[x>>4])
		b.WriteByte(digits[x&15])
	}
	return b.String()
}

func TestNVMLNamesDevices(t *testing.T) {
	d := start(t, cudatest.Config{Devices: 2})
	var count uint32
	d.want(nvmlUninitialised, d.call("nvmlDeviceGetCount_v2", uintptr(unsafe.Pointer(&count))))
	zero, one := d.nvml(0), d.nvml(1)
	var first uintptr
	d.want(success, d.call("nvmlDeviceGetHandleByIndex_v2", 0, uintptr(unsafe.Pointer(&first))))
	if zero == one || first != one {
		t.Error("NVML counts the devices as CUDA does, or does not tell them apart")
	}
	d.want(nvmlInvalid, d.call("nvmlDeviceGetHandleByIndex_v2", 2, uintptr(unsafe.Pointer(&first))))
	text := append([]byte("GPU-none"), 0)
	d.want(nvmlNotFound, d.call("nvmlDeviceGetHandleByUUID", uintptr(unsafe.Pointer(&text[0])), uintptr(unsafe.Pointer(&first))))
	short := make([]byte, 4)
	d.want(nvmlTooSmall, d.call("nvmlDeviceGetName", zero, uintptr(unsafe.Pointer(&short[0])), 4))
	d.want(nvmlInvalid, d.call("nvmlDeviceGetName", 7, uintptr(unsafe.Pointer(&short[0])), 4))
	d.c.Set(0, "mig=1")
	long := make([]byte, 64)
	d.want(success, d.call("nvmlDeviceGetUUID", zero, uintptr(unsafe.Pointer(&long[0])), 64))
	if !strings.HasPrefix(string(long), "MIG-") {
		t.Error("a slice has the UUID of the whole device")
	}
	d.want(success, d.call("nvmlShutdown"))
	d.want(success, d.call("nvmlShutdown"))
	d.want(nvmlUninitialised, d.call("nvmlShutdown"))
	d.leaksNothing()
}

func TestNVMLWithoutDriver(t *testing.T) {
	d := start(t, cudatest.Config{NoDevice: true})
	d.want(nvmlNoDriver, d.call("nvmlInit_v2"))
}

func TestNVMLSeesTheMemory(t *testing.T) {
	d := start(t, cudatest.Config{Memory: 8 * granule})
	device := d.nvml(0)
	d.context(0)
	d.extent(3 * granule)
	d.c.Process(0, 4711, granule)
	memory := struct {
		version                     uint32
		total, reserved, free, used uint64
	}{version: 40 | 2<<24}
	d.want(success, d.call("nvmlDeviceGetMemoryInfo_v2", device, uintptr(unsafe.Pointer(&memory))))
	if memory.total != 8*granule || memory.used != 4*granule || memory.free != 4*granule {
		t.Errorf("memory %+v", memory)
	}
	memory.version = 0
	d.want(nvmlVersion, d.call("nvmlDeviceGetMemoryInfo_v2", device, uintptr(unsafe.Pointer(&memory))))

	var count uint32
	var room [3]struct {
		pid  uint32
		used uint64
		_    [2]uint32
	}
	processes := func() int {
		return d.call("nvmlDeviceGetComputeRunningProcesses_v3", device, uintptr(unsafe.Pointer(&count)), uintptr(unsafe.Pointer(&room)))
	}
	d.want(nvmlTooSmall, processes())
	if count != 2 {
		t.Fatalf("%d processes", count)
	}
	d.want(success, processes())
	if room[0].pid != uint32(os.Getpid()) || gpu.Bytes(room[0].used) != 3*granule || room[1].pid != 4711 || room[1].used != granule {
		t.Errorf("processes %+v", room)
	}
}

func TestNVMLHealth(t *testing.T) {
	d := start(t, cudatest.Config{Confidential: true, HMM: true})
	device := d.nvml(0)
	d.c.ECC(0, 5, 7)
	d.c.Remap(0, 1, 2, true, false)
	d.c.Recovery(0, 4)
	for kind, want := range []uint64{5, 7} {
		var n uint64
		d.want(success, d.call("nvmlDeviceGetTotalEccErrors", device, uintptr(kind), 0, uintptr(unsafe.Pointer(&n))))
		if n != want {
			t.Errorf("errors of kind %d: %d", kind, n)
		}
	}
	var rows [4]uint32
	at := func(i int) uintptr { return uintptr(unsafe.Pointer(&rows[i])) }
	d.want(success, d.call("nvmlDeviceGetRemappedRows", device, at(0), at(1), at(2), at(3)))
	if rows != [4]uint32{1, 2, 1, 0} {
		t.Errorf("rows %v", rows)
	}
	// {fieldId, scopeId, timestamp, latency, valueType, nvmlReturn, value}
	field := make([]byte, 80)
	binary.LittleEndian.PutUint32(field, 230)
	binary.LittleEndian.PutUint32(field[40:], 231)
	d.want(success, d.call("nvmlDeviceGetFieldValues", device, 2, uintptr(unsafe.Pointer(&field[0]))))
	if got := binary.LittleEndian.Uint32(field[32:]); got != 4 {
		t.Errorf("recovery action %d", got)
	}
	if got := binary.LittleEndian.Uint32(field[28:]); got != success {
		t.Errorf("a field that is known: %d", got)
	}
	if got := binary.LittleEndian.Uint32(field[68:]); got != nvmlUnsupported {
		t.Errorf("a field that is not known: %d", got)
	}
	mode := [2]uint32{8 | 1<<24, 0}
	d.want(success, d.call("nvmlDeviceGetAddressingMode", device, uintptr(unsafe.Pointer(&mode))))
	var state [3]uint32
	d.want(success, d.call("nvmlSystemGetConfComputeState", uintptr(unsafe.Pointer(&state))))
	if mode[1] != 1 || state[1] != 1 {
		t.Errorf("addressing mode %d, confidential computing %d", mode[1], state[1])
	}
	d.c.Set(0, "ecc=0")
	var n uint64
	d.want(nvmlUnsupported, d.call("nvmlDeviceGetTotalEccErrors", device, 0, 0, uintptr(unsafe.Pointer(&n))))
	d.c.Lose(0)
	d.want(nvmlLost, d.call("nvmlDeviceGetTotalEccErrors", device, 0, 0, uintptr(unsafe.Pointer(&n))))
}

type eventData struct {
	device     uintptr
	kind, data uint64
	_          [2]uint32
}

func (d *driver) wait(set uintptr, milliseconds int) (e eventData, code int) {
	code = d.call("nvmlEventSetWait_v2", set, uintptr(unsafe.Pointer(&e)), uintptr(milliseconds))
	return e, code
}

func TestEventsArrive(t *testing.T) {
	d := start(t, cudatest.Config{Devices: 2})
	zero, one := d.nvml(0), d.nvml(1)
	var set uintptr
	d.want(success, d.call("nvmlEventSetCreate", uintptr(unsafe.Pointer(&set))))
	var types uint64
	d.want(success, d.call("nvmlDeviceGetSupportedEventTypes", zero, uintptr(unsafe.Pointer(&types))))
	d.want(nvmlUnsupported, d.call("nvmlDeviceRegisterEvents", zero, 1<<40, set))
	d.want(success, d.call("nvmlDeviceRegisterEvents", zero, uintptr(types), set))
	d.want(success, d.call("nvmlDeviceRegisterEvents", one, 8, set))
	if _, code := d.wait(set, 1); code != nvmlTimeout {
		t.Errorf("nothing has happened: %d", code)
	}
	d.c.Xid(1, 63)
	d.c.ECC(1, 1, 1) // nobody asked for it
	d.c.ECC(0, 0, 1)
	for i, want := range []eventData{{device: one, kind: 8, data: 63}, {device: zero, kind: 2}} {
		if e, code := d.wait(set, 60000); code != success || e.device != want.device || e.kind != want.kind || e.data != want.data {
			t.Errorf("event %d: kind %d, data %d, %d", i, e.kind, e.data, code)
		}
	}

	// A fault of a kernel is an Xid too: 31, and it wakes who waits.
	d.context(0)
	x := d.extent(granule)
	woken := make(chan uint64)
	go func() {
		e, _ := d.wait(set, 60000)
		woken <- e.data
	}()
	d.want(success, d.launch(d.kernel("gputest_fill"), 1, 0, uint64(x.at), granule+1, 1))
	d.want(illegalAddress, d.sync(0))
	if xid := <-woken; xid != 31 {
		t.Errorf("Xid %d", xid)
	}
	d.want(success, d.call("nvmlEventSetFree", set))
	d.want(nvmlInvalid, d.call("nvmlEventSetFree", set))
}

// TestEventSetFreed frees a set while somebody waits for it.
func TestEventSetFreed(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.nvml(0)
	var set uintptr
	d.want(success, d.call("nvmlEventSetCreate", uintptr(unsafe.Pointer(&set))))
	code := make(chan int)
	go func() {
		_, c := d.wait(set, 600000)
		code <- c
	}()
	d.want(success, d.call("nvmlEventSetFree", set))
	if c := <-code; c != nvmlUnknown && c != nvmlInvalid {
		t.Errorf("answered %d", c)
	}
}

func TestNVMLCanFail(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.c.Fail("nvmlInit_v2", 1, nvmlUnknown)
	d.want(nvmlUnknown, d.call("nvmlInit_v2"))
	d.want(success, d.call("nvmlInit_v2"))
	d.c.Fail("*", 1, outOfMemory) // libcuda only
	d.want(success, d.call("nvmlShutdown"))
	d.want(outOfMemory, d.call("cuInit", 0))
}
