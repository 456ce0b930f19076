package driver

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

func success(t *testing.T, r Result) {
	t.Helper()
	if r != Success {
		t.Errorf("answered %s", r.Name())
	}
}

func TestDeviceCalls(t *testing.T) {
	s := openStub(t)
	success(t, s.Init())
	s.saw("Init", 0)
	if v, r := s.Version(); v != 12040 || r != Success {
		t.Errorf("version %d, %s", v, r.Name())
	}
	if d, r := s.Device(1); d != 8 || r != Success {
		t.Errorf("device %d, %s", d, r.Name())
	}
	if _, r := s.Device(-1); r != ErrorInvalidDevice {
		t.Errorf("device -1: %s", r.Name())
	}
	if name, _ := s.DeviceName(4); name != strings.Repeat("x", 255) {
		t.Errorf("name %q", name)
	}
	s.saw("DeviceName", 255, 4)
	if text, _ := s.DevicePCIBusID(2); text != "0000:65:00.2" {
		t.Errorf("bus %q", text)
	}
	if id, _ := s.DeviceUUID(1); id != [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16} {
		t.Errorf("uuid %x", id)
	}
	if size, _ := s.DeviceMemory(0); size != 85<<30 {
		t.Errorf("size %d", size)
	}
	if v, _ := s.DeviceAttribute(DevicePageableMemoryAccessUsesHostPageTables, 5); v != -3 {
		t.Errorf("attribute %d", v)
	}
	s.saw("DeviceAttribute", 100, 5)
	if n, _ := s.DeviceCount(); n != 2 {
		t.Errorf("%d devices", n)
	}
	if got := s.ErrorText(ErrorLaunchFailed); got != "unspecified launch failure" {
		t.Errorf("text %q", got)
	}
	if got := s.ErrorName(ErrorLaunchFailed); got != ErrorLaunchFailed.Name() {
		t.Errorf("name %q", got)
	}
	if got := s.ErrorText(12345) + s.ErrorName(12345); got != "" {
		t.Errorf("an unknown code has the text %q", got)
	}
	if r := s.DestroyContext(0); r != ErrorNotSupported {
		t.Errorf("DestroyContext: %s", r.Name())
	}
}

func TestMemoryCalls(t *testing.T) {
	s := openStub(t)
	h, r := s.CreateMemory(6, 4<<20)
	success(t, r)
	s.saw("CreateMemory", 4<<20, 1, 0, 1, 6, 0, 0, 0, 0, 0, 0)
	g, r := s.Granularity(6)
	success(t, r)
	s.saw("Granularity", 1, 1, 6, 0)
	if g != 2<<20 {
		t.Errorf("granularity %d", g)
	}
	a, r := s.Allocation(h)
	success(t, r)
	s.saw("Allocation", 0xfedcba9876543210)
	if a != (Allocation{Pinned: true, OnDevice: true, Device: 3, Exportable: true}) {
		t.Errorf("allocation %+v", a)
	}
	p, r := s.ReserveAddress(4<<20, 2<<20)
	success(t, r)
	s.saw("ReserveAddress", 4<<20, 2<<20, 0, 0)
	success(t, s.Map(p+2<<20, 4<<20, h))
	s.saw("Map", 0x7fff12340000+2<<20, 4<<20, 0, 0xfedcba9876543210, 0)
	success(t, s.SetAccess(p, 4<<20, 6, AccessReadWrite))
	s.saw("SetAccess", 0x7fff12340000, 4<<20, 1, 6, 3, 1)
	free, total, r := s.MemoryInfo()
	success(t, r)
	if free != 1 || total != ^gpu.Bytes(0) {
		t.Errorf("memory %d of %d", free, total)
	}
	tests := []struct {
		attribute PointerAttribute
		want      uint64
		result    Result
	}{
		{PointerIsManaged, 1, Success},
		{PointerMemoryType, uint64(MemoryDevice), Success},
		{PointerRangeSize, 1 << 40, Success},
		{PointerHostPointer, 0, ErrorInvalidValue},
	}
	for _, tt := range tests {
		if v, r := s.PointerAttribute(tt.attribute, p); v != tt.want || r != tt.result {
			t.Errorf("%s is %d, %s", tt.attribute.Name(), v, r.Name())
		}
	}
	s.saw("PointerAttribute", 4, 0x7fff12340000)
}

func TestHostMemoryAndCopies(t *testing.T) {
	s := openStub(t)
	memory, r := s.AllocateHost(4096)
	success(t, r)
	s.saw("AllocateHost", 4096, 1)
	if len(memory) != 4096 {
		t.Fatalf("%d bytes", len(memory))
	}
	from := bytes.Repeat([]byte("weights "), 500)
	success(t, s.CopyToDevice(0x7fff00000000, from, 9))
	s.saw("CopyToDevice", 0x7fff00000000, 4000, 9)
	if !bytes.Equal(memory[:4000], from) {
		t.Error("the bytes did not arrive")
	}
	to := make([]byte, 100)
	success(t, s.CopyToHost(to, 0x7fff00000008, 9))
	s.saw("CopyToHost", 0x7fff00000008, 100, 9)
	if !bytes.Equal(to, from[:100]) {
		t.Error("the bytes did not come back")
	}
	success(t, s.FreeHost(memory))
	s.saw("FreeHost", 1)
	for size, want := range map[gpu.Bytes]Result{0: ErrorInvalidValue, 1 << 63: ErrorInvalidValue, 1 << 40: ErrorOutOfMemory, 8192: ErrorUnknown} {
		if memory, r := s.AllocateHost(size); r != want || memory != nil {
			t.Errorf("AllocateHost(%d): %s", size, r.Name())
		}
	}
	success(t, s.Fill8(16, 0xab, 5<<32, 9))
	s.saw("Fill8", 16, 0xab, 5<<32, 9)
	success(t, s.Fill32(16, 0xdeadbeef, 8<<32, 9))
	s.saw("Fill32", 16, 0xdeadbeef, 2<<32, 9)
	success(t, s.Fill32(32, 1, 0, 9))
	success(t, s.Fill8(32, 1, 0, 9))
	success(t, s.CopyToDevice(1, nil, 9))
	success(t, s.CopyToHost(nil, 1, 9))
	if r := s.Fill32(16, 0, 6, 9); r != ErrorInvalidValue {
		t.Errorf("six bytes: %s", r.Name())
	}
	s.saw("nothing", 16, 0xdeadbeef, 2<<32, 9)
}

func TestStreamCalls(t *testing.T) {
	s := openStub(t)
	c, r := s.CreateContext(2)
	success(t, r)
	s.saw("CreateContext", 4, 2)
	success(t, s.SetCurrent(c))
	s.saw("SetCurrent", 0x7f00deadbeef)
	least, greatest, _ := s.StreamPriorities()
	if least != 0 || greatest != -5 {
		t.Errorf("priorities %d to %d", least, greatest)
	}
	stream, r := s.CreateStream(greatest)
	success(t, r)
	s.saw("CreateStream", 1, 0xffff_ffff_ffff_fffb)
	if r := s.QueryStream(stream); r != ErrorNotReady {
		t.Errorf("QueryStream: %s", r.Name())
	}
	event, r := s.CreateEvent(false)
	success(t, r)
	s.saw("CreateEvent", 2)
	_, r = s.CreateEvent(true)
	success(t, r)
	s.saw("CreateEvent", 0)
	d, r := s.Elapsed(event, event+1)
	success(t, r)
	s.saw("Elapsed", 0x7f00abcdef10, 0x7f00abcdef11)
	if d != 1500*time.Microsecond {
		t.Errorf("elapsed %v", d)
	}
}

func TestModuleAndLaunch(t *testing.T) {
	s := openStub(t)
	m, complaint, r := s.LoadModule([]byte(".version 6.3"))
	if r != ErrorInvalidPTX || complaint != "ptxas: line 1: .version 6.3" {
		t.Errorf("%s, %q", r.Name(), complaint)
	}
	s.saw("LoadModule", 12, 2, 5, 6, 8191)
	f, r := s.Function(m, "known")
	success(t, r)
	s.saw("Function", 0x7f00abcdef20, 5)
	if _, r := s.Function(m, "unknown"); r != ErrorNotFound {
		t.Errorf("an unknown kernel: %s", r.Name())
	}
	if offset, size, r := s.ParamSize(f, 1); offset != 8 || size != 4 || r != Success {
		t.Errorf("parameter at %d of %d, %s", offset, size, r.Name())
	}
	for _, index := range []int{-1, 2} {
		if _, _, r := s.ParamSize(f, index); r != ErrorInvalidValue {
			t.Errorf("parameter %d: %s", index, r.Name())
		}
	}
	grid, block := gpu.Dim3{X: 1 << 31}, gpu.Dim3{X: 128, Y: 2, Z: 3}
	params := []uint64{0x7fff00000000, 2, 3, 4, 5, 6, 7, 8, ^uint64(0)}
	success(t, s.Launch(f, grid, block, 48<<10, 9, params))
	s.saw("Launch", append([]uint64{0x7f00abcdef30, 1 << 31, 1, 1, 128, 2, 3, 48 << 10, 9, 0, 0}, params...)...)
	success(t, s.Launch(f, grid, block, 0, 0, nil))
	s.saw("Launch", 0x7f00abcdef30, 1<<31, 1, 1, 128, 2, 3, 0, 0, 0, 1)
	if r := s.Launch(f, grid, block, 1<<32, 0, nil); r != ErrorInvalidValue {
		t.Errorf("too much shared memory: %s", r.Name())
	}
}
