package nvml

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestIdentity(t *testing.T) {
	l := openStub(t)
	if r := l.Init(); r != Success {
		t.Errorf("Init: %s", r.Name())
	}
	if r := l.Shutdown(); r != ErrorUninitialized {
		t.Errorf("Shutdown: %s", r.Name())
	}
	if got := l.ErrorText(ErrorGPUIsLost); got != "GPU is lost" {
		t.Errorf("text %q", got)
	}
	if got := l.ErrorText(ErrorInUse); got != "" {
		t.Errorf("text %q", got)
	}
	if v, r := l.DriverVersion(); v != "595.45.04" || r != Success {
		t.Errorf("version %q, %s", v, r.Name())
	}
	if n, _ := l.DeviceCount(); n != 3 {
		t.Errorf("%d devices", n)
	}
	if _, r := l.DeviceByIndex(-1); r != ErrorInvalidArgument {
		t.Errorf("device -1: %s", r.Name())
	}
	if d, r := l.DeviceByIndex(2); d != 0x7f0000000002 || r != Success {
		t.Errorf("device 2: %s", r.Name())
	}
	id := [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff}
	d, r := l.DeviceByUUID(UUIDText(id))
	if d != 0x7f0000000001 || r != Success {
		t.Errorf("by UUID: %s", r.Name())
	}
	if _, r := l.DeviceByUUID("GPU-x"); r != ErrorNotFound {
		t.Errorf("by a wrong UUID: %s", r.Name())
	}
	if text, _ := l.UUID(d); text != strings.Repeat("u", 96) {
		t.Errorf("UUID %q", text)
	}
	if text, _ := l.Name(d); text != "device 7f0000000001" {
		t.Errorf("name %q", text)
	}
	if mode, r := l.ComputeMode(d); mode != ComputeExclusiveProcess || r != Success {
		t.Errorf("mode %d, %s", mode, r.Name())
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%s"} {
		if text := fmt.Sprintf(verb, []any{d, EventSet(0x7f0000000001), l}); strings.Contains(text, "7f0000") || strings.Contains(text, fmt.Sprint(uint64(d))) {
			t.Errorf("%s shows a handle: %s", verb, text)
		}
	}
}

func TestHealth(t *testing.T) {
	l := openStub(t)
	if m, r := l.Memory(1); r != Success || m != (Memory{85 << 30, 1, 2, 3}) {
		t.Errorf("memory %+v, %s", m, r.Name())
	}
	if current, pending, r := l.ECCMode(1); !current || pending || r != Success {
		t.Errorf("ECC %v %v %s", current, pending, r.Name())
	}
	if current, _, r := l.ECCMode(9); current || r != ErrorNotSupported {
		t.Errorf("ECC %v %s", current, r.Name())
	}
	if e, r := l.ECCErrors(1); r != Success || e != (ECC{1 << 32, 1 << 33, 1 << 34, 1 << 35}) {
		t.Errorf("errors %+v, %s", e, r.Name())
	}
	if e, r := l.ECCErrors(9); r != ErrorNotSupported || e != (ECC{}) {
		t.Errorf("errors %+v, %s", e, r.Name())
	}
	if rows, r := l.RemappedRows(1); r != Success || rows != (Rows{Corrected: 4, Uncorrected: 5, Pending: true}) {
		t.Errorf("rows %+v, %s", rows, r.Name())
	}
	if rows, r := l.RemappedRows(9); r != ErrorNotSupported || rows != (Rows{}) {
		t.Errorf("rows %+v, %s", rows, r.Name())
	}
	if on, pending, r := l.MIG(1); !on || pending || r != Success {
		t.Errorf("MIG %v %v %s", on, pending, r.Name())
	}
	if on, _, r := l.MIG(9); on || r != ErrorNotSupported {
		t.Errorf("MIG %v %s", on, r.Name())
	}
	if mode, r := l.AddressingMode(1); mode != AddressingATS || r != Success {
		t.Errorf("addressing %d %s", mode, r.Name())
	}
	if c, r := l.ConfidentialComputing(); r != Success || c != (Confidential{Enabled: true, DevTools: true, Production: true}) {
		t.Errorf("confidential computing %+v, %s", c, r.Name())
	}
}

func TestRecoveryActionIsReadInEveryType(t *testing.T) {
	l := openStub(t)
	tests := []struct {
		kind   valueType
		result Result
		want   RecoveryAction
		answer Result
	}{
		{valueUnsignedInt, Success, RecoveryNodeReboot, Success},
		{valueSignedInt, Success, RecoveryNodeReboot, Success},
		{valueUnsignedLongLong, Success, RecoveryNodeReboot, Success},
		{valueUnsignedShort, Success, RecoveryDrainAndReset, Success},
		{valueSignedLongLong, Success, RecoveryNone, ErrorUnknown}, // negative
		{valueUnsignedLong, Success, RecoveryNone, ErrorUnknown},   // absurd
		{valueDouble, Success, RecoveryNone, ErrorUnknown},
		{77, Success, RecoveryNone, ErrorUnknown},
		{valueUnsignedInt, ErrorNotSupported, RecoveryNone, ErrorNotSupported},
	}
	for _, tt := range tests {
		got, r := l.RecoveryAction(Device(tt.kind) | Device(tt.result)<<8)
		if got != tt.want || r != tt.answer {
			t.Errorf("type %d, field's result %s: got %s, %s", tt.kind, tt.result.Name(), got.Name(), r.Name())
		}
	}
}

func TestProcesses(t *testing.T) {
	l := openStub(t)
	for _, n := range []int{0, 1, 64, 65, 300} {
		list, r := l.Processes(Device(n))
		if r != Success || len(list) != n {
			t.Errorf("%d processes: got %d, %s", n, len(list), r.Name())
			continue
		}
		for i, p := range list {
			if want := (Process{PID: 100 + i, Used: 1024 * 1, Known: true}); i == 1 && p != want || i == 0 && (p.Known || p.Used != 0) {
				t.Errorf("process %d is %+v", i, p)
			}
		}
	}
	if list, r := l.Processes(mostProcesses + 1); r != ErrorInsufficientSize || list != nil {
		t.Errorf("without an end: %d processes, %s", len(list), r.Name())
	}
}

func TestEvents(t *testing.T) {
	l := openStub(t)
	set, r := l.CreateEventSet()
	if r != Success {
		t.Fatal(r.Name())
	}
	types, r := l.EventTypes(1)
	if r != Success || types&Health != EventDoubleBitECC|EventXid {
		t.Errorf("types %x, %s", uint64(types), r.Name())
	}
	if r := l.Register(5, Health, set); r != ErrorNotSupported {
		t.Errorf("Register: %s", r.Name())
	}
	if r := l.Register(5, EventXid, set); r != Success {
		t.Errorf("Register: %s", r.Name())
	}
	tests := []struct {
		limit time.Duration
		want  uint64 // zero: a timeout
	}{
		{79 * time.Millisecond, 79}, {78*time.Millisecond + 1, 79}, {1, 1},
		{0, 0}, {-time.Hour, 0}, {math.MaxInt64, 0}, {50 * 24 * time.Hour, 0},
	}
	for _, tt := range tests {
		e, r := l.Wait(set, tt.limit)
		switch {
		case tt.want == 0 && r != ErrorTimeout:
			t.Errorf("limit %v: %s", tt.limit, r.Name())
		case tt.want != 0 && (r != Success || e != Event{Device: 5, Type: EventXid, Xid: tt.want, Data: tt.want}):
			t.Errorf("limit %v: %s, Xid %d", tt.limit, r.Name(), e.Xid)
		}
	}
	if r := l.Register(5, EventDoubleBitECC, set); r != Success {
		t.Errorf("Register: %s", r.Name())
	}
	if e, r := l.Wait(set, time.Second); r != Success || e.Xid != 0 || e.Type != EventDoubleBitECC {
		t.Errorf("Xid %d, %s", e.Xid, r.Name())
	}
	if r := l.FreeEventSet(set); r != Success {
		t.Errorf("FreeEventSet: %s", r.Name())
	}
}
