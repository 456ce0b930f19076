package vram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// doom makes an actor crash at every message of a kind once it is switched on.
type doom struct {
	mu   sync.Mutex
	unit string
	kind string // "" for every kind
	on   bool
	hits int
}

func (d *doom) probe(unit string, message any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.on && unit == d.unit && (d.kind == "" || d.kind == fmt.Sprintf("%T", message)) {
		d.hits++
		panic("doomed")
	}
}

func (d *doom) set(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.on = on
}

func (d *doom) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hits
}

// TestActorsThatCrashForEver are given up on: every request is answered, no
// loop is without end, and the engine closes.
func TestActorsThatCrashForEver(t *testing.T) {
	for _, d := range []*doom{
		{unit: "device-0"}, {unit: "device-0", kind: "actors.deviceSlice"}, {unit: "device-0", kind: "actors.deviceWake"},
		{unit: "auditor", kind: "actors.auditWrite"}, {unit: "incidents", kind: "actors.incidentReport"}, {unit: "incidents", kind: "actors.operatorRestart"},
		{unit: "shard-1"}, {unit: "judge-0"}, {unit: "judge-0", kind: "actors.judgeWake"},
		{unit: "shard-1", kind: "actors.shardRelease"}, {unit: "shard-1", kind: "actors.freed"},
	} {
		t.Run(d.unit+"/"+d.kind, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *scenario) {
				sealBytes(t, s.e, smallID, s.small)
				sealBytes(t, s.e, largeID, s.large)
				d.set(true)
				for range 30 {
					_, errVerify := s.e.Verify(t.Context(), smallID)
					errExecute := executeOn(s, smallID)
					errSeal := s.seal("third", s.small)()
					if errSeal == nil {
						errSeal = s.e.Release(t.Context(), "third")
					}
					_, _, _ = errVerify, errExecute, errSeal // any answer will do
				}
				if err := s.e.FlipBit(t.Context(), smallID, 0, 0); err == nil {
					if _, err := s.e.Verify(t.Context(), smallID); err == nil {
						t.Error("changed bytes were verified")
					}
				}
				answered := s.e.RestartWorker(t.Context(), "tester") // whatever it is
				released := s.e.Release(t.Context(), smallID)
				hits := d.count()
				t.Logf("%d crashes; restart: %v; release: %v", hits, answered, released)
				if hits == 0 {
					t.Error("nothing crashed")
				}
				err := s.e.Close(context.Background())
				if err != nil && !errors.Is(err, ErrDeviceLost) && !errors.Is(err, ErrInternal) && !errors.Is(err, ErrQuarantined) {
					t.Errorf("close: %v", err)
				}
				if n, err := s.faces.Dirty(); n != 0 || err != nil {
					t.Errorf("%d bytes are not scrubbed, %v", uint64(n), err)
				}
				time.Sleep(throttle)
			}, func(o *Options) { o.probe = d.probe })
		})
	}
}
