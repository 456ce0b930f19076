package vram

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestAnXidReachesTheLog by way of the management library: the engine hears of
// it without asking the device for anything. This runs in real time, because a
// call of that library waits.
func TestAnXidReachesTheLog(t *testing.T) {
	m := fakeAs(t, cudatest.Config{})
	t.Logf("backend: %s", m.name())
	var dir string
	e := openOn(t, m, func(o *Options) { o.Backend, dir = m.backend, o.DataDir })
	events := e.Events(t.Context())
	p := randomBytes(5000)
	sealBytes(t, e, "x", p)
	for !awaited(m) {
		runtime.Gosched()
	}
	m.control.Xid(0, 31)
	m.control.Xid(0, 48)
	for event := range events {
		if event.Kind == "device" {
			break
		}
	}
	if st := e.Status(); st.Devices[0].State != "quarantined" {
		t.Errorf("status: %+v", st)
	}
	if _, err := e.Verify(t.Context(), "x"); err != nil {
		t.Errorf("verify on a quarantined device: %v", err)
	}
	if err := e.Close(t.Context()); err != nil && !errors.Is(err, ErrQuarantined) {
		t.Errorf("close: %v", err)
	}
	if err := m.left(); err != nil {
		t.Error(err)
	}
	seen := 0
	for _, l := range readLog(t, dir) {
		if l.has("DeviceHealth", map[string]any{"source": "xid", "code": 31.0, "action": "recheck"}) && seen == 0 ||
			l.has("DeviceHealth", map[string]any{"source": "xid", "code": 48.0, "action": "quarantine"}) && seen == 1 ||
			l.has("DeviceState", map[string]any{"from": "active", "to": "quarantined"}) && seen == 2 {
			seen++
		}
	}
	if seen != 3 {
		t.Errorf("%d of 3 records are in the log: %+v", seen, readLog(t, dir))
	}
}

// awaited tells whether the engine waits for events by now.
func awaited(m *fakeMachine) bool {
	return slices.ContainsFunc(m.control.Calls(), func(call string) bool { return strings.HasPrefix(call, "nvmlEventSetWait") })
}
