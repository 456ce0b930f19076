package driver

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// session is a thread with a context of the fake driver's first device.
type session struct {
	*Library
	t      *testing.T
	fake   *cudatest.Control
	device Device
}

func begin(t *testing.T) session {
	t.Helper()
	fake := cudatest.Start(t, cudatest.Config{})
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	l, err := Open(Options{Paths: []string{fake.Paths().CUDA}})
	if err != nil {
		t.Fatal(err)
	}
	s := session{Library: l, t: t, fake: fake}
	s.ok(l.Init())
	device, r := l.Device(0)
	s.ok(r)
	s.device = device
	return s
}

func (s session) ok(r Result) {
	s.t.Helper()
	if r != Success {
		s.t.Fatalf("answered %s", r.Name())
	}
}

// take makes one granule of device memory, mapped for reading and writing.
func (s session) take(size gpu.Bytes) (Ptr, Handle) {
	s.t.Helper()
	h, r := s.CreateMemory(s.device, size)
	s.ok(r)
	p, r := s.ReserveAddress(size, size)
	s.ok(r)
	s.ok(s.Map(p, size, h))
	s.ok(s.SetAccess(p, size, s.device, AccessReadWrite))
	return p, h
}

// One life through every function that is bound, with a driver that checks
// each argument.
func TestEveryFunctionAgainstTheFake(t *testing.T) {
	s := begin(t)
	version, r := s.Version()
	s.ok(r)
	n, r := s.DeviceCount()
	s.ok(r)
	if version != 12040 || n != 1 {
		t.Errorf("CUDA %d, %d devices", version, n)
	}
	for _, ask := range []func(Device) (string, Result){s.DeviceName, s.DevicePCIBusID} {
		if text, r := ask(s.device); r != Success || text == "" {
			t.Errorf("%q, %s", text, r.Name())
		}
	}
	if id, r := s.DeviceUUID(s.device); r != Success || id == [16]byte{} {
		t.Errorf("UUID: %s", r.Name())
	}
	if total, r := s.DeviceMemory(s.device); r != Success || total != gpu.GiB {
		t.Errorf("memory %d, %s", total, r.Name())
	}
	if major, r := s.DeviceAttribute(DeviceComputeCapabilityMajor, s.device); r != Success || major != 9 {
		t.Errorf("capability %d, %s", major, r.Name())
	}
	if s.ErrorName(ErrorIllegalAddress) != ErrorIllegalAddress.Name() || s.ErrorText(ErrorIllegalAddress) == "" {
		t.Error("the driver does not know its own codes")
	}
	primary, r := s.RetainPrimary(s.device)
	s.ok(r)
	own, r := s.CreateContext(s.device)
	s.ok(r)
	if now, r := s.Current(); r != Success || now != own || now == primary {
		t.Errorf("the context is not the current one: %s", r.Name())
	}
	s.ok(s.ReleasePrimary(s.device))
	s.memory()
	s.queues()
	s.code()
	s.ok(s.SetCurrent(0))
	s.ok(s.SetCurrent(own))
	s.ok(s.DestroyContext(own))
	if err := s.fake.Leaks(); err != nil {
		t.Error(err)
	}

	called := map[string]bool{}
	for _, line := range s.fake.Calls() {
		name, _, _ := strings.Cut(line, " ")
		called[name] = true
	}
	for _, bound := range symbols() {
		if !called[bound.name] {
			t.Errorf("%s was not called", bound.name)
		}
	}
}

func (s session) memory() {
	unit, r := s.Granularity(s.device)
	s.ok(r)
	before, _, r := s.MemoryInfo()
	s.ok(r)
	p, h := s.take(unit)
	if after, _, r := s.MemoryInfo(); r != Success || before-after != unit {
		s.t.Errorf("%d bytes less are free: %s", before-after, r.Name())
	}
	where, r := s.Allocation(h)
	s.ok(r)
	if where != (Allocation{Pinned: true, OnDevice: true, Device: s.device}) {
		s.t.Errorf("the memory is %+v", where)
	}
	again, r := s.RetainHandle(p)
	s.ok(r)
	s.ok(s.ReleaseMemory(again))
	if kind, r := s.PointerAttribute(PointerMemoryType, p+Ptr(unit)-1); r != Success || kind != uint64(MemoryDevice) {
		s.t.Errorf("memory type %d, %s", kind, r.Name())
	}
	if _, r := s.PointerAttribute(PointerHostPointer, p); r != ErrorInvalidValue {
		s.t.Errorf("a host pointer: %s", r.Name())
	}
	host, r := s.AllocateHost(4096)
	s.ok(r)
	copy(host, bytes.Repeat([]byte("weights."), 512))
	s.ok(s.CopyToDevice(p+4096, host, 0))
	s.ok(s.Fill8(p, 0x5a, 4095, 0))
	s.ok(s.Fill32(p+8192, 0x01020304, 8, 0))
	got := make([]byte, 8200)
	s.ok(s.CopyToHost(got, p, 0))
	s.ok(s.SynchronizeStream(0))
	want := slices.Concat(bytes.Repeat([]byte{0x5a}, 4095), got[4095:4096], host, []byte{4, 3, 2, 1, 4, 3, 2, 1})
	if !bytes.Equal(got, want) {
		s.t.Error("the memory holds something else than was written")
	}
	clear(host)
	s.ok(s.FreeHost(host))
	s.ok(s.SetAccess(p, unit, s.device, AccessRead))
	s.ok(s.Unmap(p, unit))
	s.ok(s.FreeAddress(p, unit))
	s.ok(s.ReleaseMemory(h))
	if r := s.ReleaseMemory(h); r == Success {
		s.t.Error("memory is released twice")
	}
}

func (s session) queues() {
	least, greatest, r := s.StreamPriorities()
	s.ok(r)
	if greatest >= least {
		s.t.Errorf("priorities %d to %d", least, greatest)
	}
	a, r := s.CreateStream(greatest)
	s.ok(r)
	b, r := s.CreateStream(least)
	s.ok(r)
	start, r := s.CreateEvent(true)
	s.ok(r)
	end, r := s.CreateEvent(true)
	s.ok(r)
	s.ok(s.Record(start, a))
	s.ok(s.StreamWait(b, start))
	s.ok(s.Record(end, b))
	s.ok(s.SynchronizeEvent(end))
	s.ok(s.QueryEvent(end))
	s.ok(s.QueryStream(b))
	if d, r := s.Elapsed(start, end); r != Success || d < 0 {
		s.t.Errorf("elapsed %v, %s", d, r.Name())
	}
	s.ok(s.DestroyEvent(start))
	s.ok(s.DestroyEvent(end))
	s.ok(s.DestroyStream(a))
	s.ok(s.DestroyStream(b))
}
