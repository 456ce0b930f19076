package nvml

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// managed opens the fake management library and its first device.
func managed(t *testing.T, config cudatest.Config) (*Library, Device, *cudatest.Control) {
	t.Helper()
	fake := cudatest.Start(t, config)
	l, err := Open(Options{Paths: []string{fake.Paths().NVML}})
	if err != nil {
		t.Fatal(err)
	}
	if r := l.Init(); r != Success {
		t.Fatal(r.Name())
	}
	d, r := l.DeviceByIndex(config.Devices - 1) // CUDA's first; this library counts in another order
	if r != Success {
		t.Fatal(r.Name())
	}
	return l, d, fake
}

// One life through every function that is bound.
func TestEveryFunctionAgainstTheFake(t *testing.T) {
	l, d, fake := managed(t, cudatest.Config{Devices: 2, MIG: true, HMM: true, Confidential: true, Mode: cudatest.ModeExclusive})
	fake.Remap(0, 1, 2, true, false)
	fake.ECC(0, 3, 4)
	fake.Recovery(0, int(RecoveryDrainAndReset))
	fake.Process(0, 4321, 5*gpu.MiB)

	version, r := l.DriverVersion()
	if r != Success || version == "" || l.ErrorText(ErrorGPUIsLost) == "" {
		t.Errorf("version %q, %s", version, r.Name())
	}
	if n, r := l.DeviceCount(); r != Success || n != 2 {
		t.Errorf("%d devices, %s", n, r.Name())
	}
	name, r := l.Name(d)
	uuid, r2 := l.UUID(d)
	if r != Success || r2 != Success || name == "" || !strings.HasPrefix(uuid, "MIG-") {
		t.Errorf("%q is %q: %s, %s", name, uuid, r.Name(), r2.Name())
	}
	if same, r := l.DeviceByUUID(uuid); r != Success || same != d {
		t.Errorf("by UUID: %s", r.Name())
	}
	id, err := hex.DecodeString(strings.ReplaceAll(strings.TrimPrefix(uuid, "MIG-"), "-", ""))
	if err != nil || len(id) != 16 {
		t.Fatalf("%q is no UUID", uuid)
	}
	if same, text, r := l.Find([16]byte(id)); r != Success || same != d || text != uuid {
		t.Errorf("Find: %q, %s", text, r.Name())
	}
	if _, text, r := l.Find([16]byte{1}); r != ErrorNotFound || !strings.HasPrefix(text, "GPU-01000000-") {
		t.Errorf("Find: %q, %s", text, r.Name())
	}
	if mode, r := l.ComputeMode(d); r != Success || mode != ComputeExclusiveProcess {
		t.Errorf("mode %d, %s", mode, r.Name())
	}
	if m, r := l.Memory(d); r != Success || m.Total != gpu.GiB || m.Free > m.Total {
		t.Errorf("memory %+v, %s", m, r.Name())
	}
	if on, _, r := l.ECCMode(d); r != Success || !on {
		t.Errorf("ECC %t, %s", on, r.Name())
	}
	if e, r := l.ECCErrors(d); r != Success || e.Corrected != 3 || e.Uncorrected != 4 {
		t.Errorf("errors %+v, %s", e, r.Name())
	}
	if rows, r := l.RemappedRows(d); r != Success || rows != (Rows{Corrected: 1, Uncorrected: 2, Pending: true}) {
		t.Errorf("rows %+v, %s", rows, r.Name())
	}
	if on, _, r := l.MIG(d); r != Success || !on {
		t.Errorf("MIG %t, %s", on, r.Name())
	}
	if mode, r := l.AddressingMode(d); r != Success || mode != AddressingHMM {
		t.Errorf("addressing %d, %s", mode, r.Name())
	}
	if c, r := l.ConfidentialComputing(); r != Success || !c.Enabled {
		t.Errorf("confidential computing %+v, %s", c, r.Name())
	}
	if action, r := l.RecoveryAction(d); r != Success || action != RecoveryDrainAndReset {
		t.Errorf("recovery %s, %s", action.Name(), r.Name())
	}
	if list, r := l.Processes(d); r != Success || len(list) != 1 || list[0] != (Process{PID: 4321, Used: 5 * gpu.MiB, Known: true}) {
		t.Errorf("processes %+v, %s", list, r.Name())
	}
	hear(t, l, d, fake)
	if r := l.Shutdown(); r != Success {
		t.Errorf("Shutdown: %s", r.Name())
	}
	if err := fake.Leaks(); err != nil {
		t.Error(err)
	}
	for _, s := range symbols() {
		if !l.Has(s.name) {
			t.Errorf("the fake lacks %s", s.name)
		}
	}
}

// hear registers for events, and waits for the ones that the test makes.
func hear(t *testing.T, l *Library, d Device, fake *cudatest.Control) {
	t.Helper()
	set, r := l.CreateEventSet()
	if r != Success {
		t.Fatal(r.Name())
	}
	types, r := l.EventTypes(d)
	if r != Success || types&EventXid == 0 {
		t.Errorf("types %x, %s", uint64(types), r.Name())
	}
	if r := l.Register(d, types&Health, set); r != Success {
		t.Fatal(r.Name())
	}
	if _, r := l.Wait(set, 0); r != ErrorTimeout {
		t.Errorf("no event: %s", r.Name())
	}
	fake.Xid(1, 31) // not the device that is listened to
	fake.Xid(0, 63)
	fake.Xid(0, 94)
	for _, number := range []uint64{63, 94} {
		e, r := l.Wait(set, time.Minute)
		if r != Success || e.Device != d || e.Type != EventXid || e.Xid != number {
			t.Errorf("event %x, Xid %d, %s", uint64(e.Type), e.Xid, r.Name())
		}
	}
	if r := l.FreeEventSet(set); r != Success {
		t.Errorf("FreeEventSet: %s", r.Name())
	}
}
