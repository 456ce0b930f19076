package vram

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/vram-engine/vram-engine/gpu/health"
)

// cure quarantines the device by a report of its driver, and takes it into
// use again on an operator's word. No shard may be on it.
func (s *scenario) cure() {
	s.t.Helper()
	events := s.e.Events(s.t.Context())
	if state := s.e.Devices()[0].State; state != "active" {
		return // its actor crashed too often
	}
	s.m.report(health.Report{Source: "xid", Code: 48, Action: health.Quarantine, Detail: "scripted"})
	for e := range events {
		if e.Kind == "device" {
			break
		}
	}
	if state := s.e.Devices()[0].State; state != "quarantined" {
		s.t.Errorf("after an uncorrectable error the device is %s", state)
	}
	err := s.try("unquarantine", func() error {
		err := s.e.UnquarantineDevice(s.t.Context(), 0, "tester")
		if errors.Is(err, ErrConflict) && s.e.Devices()[0].State == "active" {
			return nil // the answer of the try before was lost
		}
		return err
	})
	if state := s.e.Devices()[0].State; err == nil && state != "active" {
		s.t.Errorf("after a clean memory test the device is %s", state)
	}
}

// TestCure is what the crash sweep does after the scenario.
func TestCure(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		s.cure()
		s.settled()
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestReportsAreOnDisk at once if they put a device out of use, before anybody
// asks for it, with what was done after them.
func TestReportsAreOnDisk(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		s.faces.Raise(health.Report{Source: "ecc", Code: 2, Action: health.Recheck, Detail: "a \"memory\" error\n"})
		synctest.Wait()
		s.faces.Raise(health.Report{Source: "xid", Code: 48, Action: health.Quarantine, Detail: "scripted"})
		synctest.Wait()
		s.faces.Raise(health.Report{Source: "driver", Code: 15, Action: health.Lost, Detail: "scripted"})
		synctest.Wait()
		lines, at := readLog(t, s.dir), 0
		for _, want := range []struct {
			kind, severity string
			fields         map[string]any
		}{
			{"VramSealed", "info", map[string]any{"shard_id": smallID}},
			{"DeviceHealth", "warning", map[string]any{"action": "recheck", "code": 2.0, "source": "ecc", "detail": `a "memory" error\u{a}`, "gpu_uuid": s.e.Devices()[0].UUID}},
			{"PatrolPass", "info", map[string]any{"shards": 1.0, "failed": 0.0}},
			{"DeviceHealth", "critical", map[string]any{"action": "quarantine", "code": 48.0, "source": "xid", "gpu_device": 0.0, "unrecorded": 0.0}},
			{"DeviceState", "critical", map[string]any{"from": "active", "to": "quarantined", "reason": "the driver reported (xid 48): scripted"}},
			{"DeviceHealth", "critical", map[string]any{"action": "lost"}},
			{"DeviceState", "critical", map[string]any{"from": "quarantined", "to": "lost"}},
		} {
			found := slices.IndexFunc(lines[at:], func(l logged) bool { return l.has(want.kind, want.fields) && l.Severity == want.severity })
			if found < 0 {
				t.Fatalf("no %s %s with %v from line %d on", want.severity, want.kind, want.fields, at+1)
			}
			at += found + 1
		}
		if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Error(err)
		}
	})
}

// TestDeviceReportedLostUnderACallback answers who waits, and tells the
// embedder.
func TestDeviceReportedLostUnderACallback(t *testing.T) {
	fatal := make(chan error, 1)
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		behind := make(chan error, 1)
		_, err := s.run(func(context.Context, *Run) error {
			s.faces.Raise(health.Report{Source: "xid", Code: 79, Action: health.Lost, Detail: "scripted"})
			go func() { _, err := s.e.Verify(context.Background(), smallID); behind <- err }()
			synctest.Wait() // the report waits for the thread
			return nil
		})
		if err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Errorf("execute: %v", err)
		}
		if err := <-behind; !errors.Is(err, ErrDeviceLost) || ExitStatus(err) != 8 {
			t.Errorf("who waited got %v", err)
		}
		if err := <-fatal; !errors.Is(err, ErrDeviceLost) {
			t.Errorf("OnFatal was told %v", err)
		}
		if c := s.e.Status().Shards; c.Lost != 1 {
			t.Errorf("shards: %+v", c)
		}
		if err := s.close(); err != nil && !errors.Is(err, ErrDeviceLost) {
			t.Error(err)
		}
	}, func(o *Options) { o.OnFatal = func(err error) { fatal <- err } })
}
