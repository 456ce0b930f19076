package driver

import (
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

// code loads a module and runs a kernel of it.
func (s session) code() {
	if _, complaint, r := s.LoadModule([]byte(".version 6.3\n.target sm_999\n")); r == Success || complaint == "" {
		s.t.Errorf("a module for a GPU of the future: %s, %q", r.Name(), complaint)
	}
	m, complaint, r := s.LoadModule(gputest.PTX())
	if r != Success {
		s.t.Fatalf("%s: %s", r.Name(), complaint)
	}
	f, r := s.Function(m, "gputest_sum")
	s.ok(r)
	if _, r := s.Function(m, "gputest_none"); r != ErrorNotFound {
		s.t.Errorf("a kernel that is not there: %s", r.Name())
	}
	if local, r := s.FunctionAttribute(FunctionLocalSizeBytes, f); r != Success || local != 0 {
		s.t.Errorf("local memory %d, %s", local, r.Name())
	}
	s.ok(s.SetFunctionAttribute(f, FunctionPreferredSharedMemoryCarveout, 0))
	if blocks, r := s.BlocksPerMultiprocessor(f, 128, 0); r != Success || blocks < 1 {
		s.t.Errorf("%d blocks, %s", blocks, r.Name())
	}
	for i := range 3 {
		if at, size, r := s.ParamSize(f, i); r != Success || at != gpu.Bytes(8*i) || size != 8 {
			s.t.Errorf("parameter %d at %d, %d bytes: %s", i, at, size, r.Name())
		}
	}
	if _, _, r := s.ParamSize(f, 3); r != ErrorInvalidValue {
		s.t.Errorf("a fourth parameter: %s", r.Name())
	}

	p, h := s.take(2 * gpu.MiB)
	s.ok(s.Fill8(p, 3, 1000, 0))
	s.ok(s.Launch(f, gpu.Dim3{X: 1}, gpu.Dim3{X: 128}, 0, 0, []uint64{uint64(p), 1000, uint64(p) + 1024}))
	sum := make([]byte, 8)
	s.ok(s.CopyToHost(sum, p+1024, 0))
	s.ok(s.SynchronizeStream(0))
	if got := uint64(sum[0]) | uint64(sum[1])<<8; got != 3000 || sum[2] != 0 {
		s.t.Errorf("the kernel computed % x", sum)
	}
	s.ok(s.UnloadModule(m))
	s.ok(s.Unmap(p, 2*gpu.MiB))
	s.ok(s.FreeAddress(p, 2*gpu.MiB))
	s.ok(s.ReleaseMemory(h))
}

// A kernel's failure comes with a later call, and every call after it fails
// in the same way.
func TestFailuresComeLater(t *testing.T) {
	s := begin(t)
	c, r := s.CreateContext(s.device)
	s.ok(r)
	m, _, r := s.LoadModule(gputest.PTX())
	s.ok(r)
	f, r := s.Function(m, "gputest_fill")
	s.ok(r)
	p, _ := s.take(2 * gpu.MiB)
	s.ok(s.SetAccess(p, 2*gpu.MiB, s.device, AccessRead))
	s.ok(s.Launch(f, gpu.Dim3{X: 1}, gpu.Dim3{X: 128}, 0, 0, []uint64{uint64(p), 16, 1}))
	for range 2 {
		if r := s.SynchronizeStream(0); r != ErrorIllegalAddress {
			t.Errorf("a store into read-only memory: %s", r.Name())
		}
	}
	if _, _, r := s.MemoryInfo(); r != ErrorIllegalAddress {
		t.Errorf("another call: %s", r.Name())
	}
	if r := s.DestroyContext(c); r != Success && r != ErrorIllegalAddress {
		t.Errorf("DestroyContext: %s", r.Name())
	}
}

// Every function can fail, and the method says so.
func TestEveryFailureIsSeen(t *testing.T) {
	s := begin(t)
	tests := []struct {
		function string
		call     func() Result
	}{
		{"cuDriverGetVersion", func() Result { _, r := s.Version(); return r }},
		{"cuDeviceGetName", func() Result { _, r := s.DeviceName(s.device); return r }},
		{"cuMemCreate", func() Result { _, r := s.CreateMemory(s.device, 2*gpu.MiB); return r }},
		{"cuMemAddressReserve", func() Result { _, r := s.ReserveAddress(2*gpu.MiB, 0); return r }},
		{"cuMemGetInfo_v2", func() Result { _, _, r := s.MemoryInfo(); return r }},
		{"cuCtxCreate_v2", func() Result { _, r := s.CreateContext(s.device); return r }},
		{"cuMemHostAlloc", func() Result { _, r := s.AllocateHost(4096); return r }},
		{"cuModuleLoadDataEx", func() Result { _, _, r := s.LoadModule(gputest.PTX()); return r }},
	}
	for _, tt := range tests {
		s.fake.Fail(tt.function, 1, int(ErrorOperatingSystem))
		if r := tt.call(); r != ErrorOperatingSystem {
			t.Errorf("%s: %s", tt.function, r.Name())
		}
	}
	if n := s.fake.Fired(); n != len(tests) {
		t.Errorf("%d of %d rules fired", n, len(tests))
	}
	for _, line := range s.fake.Calls() {
		if strings.HasPrefix(line, "cuMemMap") {
			t.Error("something was mapped")
		}
	}
}

func TestTheFakeHasEveryFunction(t *testing.T) {
	fake := cudatest.Start(t, cudatest.Config{})
	l, err := Open(Options{Paths: []string{fake.Paths().CUDA}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols() {
		if !l.Has(s.name) {
			t.Errorf("the fake lacks %s", s.name)
		}
	}
}
