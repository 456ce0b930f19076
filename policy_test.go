package vram

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// TestPatrolFindsAFlip without anybody asking, within an interval.
func TestPatrolFindsAFlip(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		events := s.e.Events(t.Context())
		sealBytes(t, s.e, smallID, s.small)
		sealBytes(t, s.e, largeID, s.large)
		time.Sleep(3*time.Minute + time.Second) // of the bubble
		if p := s.e.Status().Patrol; p.Passes != 3 || p.Shards != 2 || p.Failed != 0 || p.Bytes != 3<<20+17+5000 {
			t.Errorf("patrol: %+v", p)
		}
		if err := s.e.FlipBit(t.Context(), largeID, 3<<20+16, 7); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		st := s.e.Status()
		if st.State != "stopped" || st.Patrol.Failed != 1 || st.Shards.Quarantined != 1 {
			t.Errorf("status: %+v", st)
		}
		incidents := s.e.Incidents()
		if len(incidents) != 1 || incidents[0].Shard != largeID || incidents[0].BadBlock != 768 || incidents[0].Action != "stopped" {
			t.Errorf("incidents: %+v", incidents)
		}
		info, err := s.e.Shard(largeID)
		if err != nil || info.Incident != incidents[0].ID || info.Reason != "digest" || info.FirstBad != 768 {
			t.Errorf("shard: %+v, %v", info, err)
		}
		time.Sleep(10 * time.Minute)
		if got := s.e.Incidents(); len(got) != 1 {
			t.Errorf("the same flip is %d incidents", len(got))
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
		kinds := map[string]int{}
		for e := range events {
			kinds[string(e.Kind)]++
		}
		if kinds["sealed"] != 2 || kinds["incident"] != 1 || kinds["patrol"] < 13 || kinds["worker"] != 1 || kinds["released"] != 2 {
			t.Errorf("events: %v", kinds)
		}
	}, func(o *Options) { o.PatrolInterval = time.Minute })
}

// TestPatrolSurvivesCrashes of the verifier and of the device.
func TestPatrolSurvivesCrashes(t *testing.T) {
	for _, unit := range []string{"verifier", "device-0"} {
		for nth := 1; nth <= 20; nth++ {
			c := &crashes{unit: unit, nth: nth}
			bubble(t, func(t *testing.T, s *scenario) {
				sealBytesUntil(t, s, smallID, s.small)
				time.Sleep(4 * time.Minute)
				if p := s.e.Status().Patrol; p.Passes < 2 || p.Shards != 1 {
					t.Errorf("%s crashed at %d (%s): patrol %+v", unit, nth, c.what, p)
				}
				if err := s.close(); err != nil {
					t.Error(err)
				}
			}, func(o *Options) { o.PatrolInterval, o.probe = time.Minute, c.probe })
		}
	}
}

func sealBytesUntil(t *testing.T, s *scenario, id string, p []byte) {
	t.Helper()
	s.t = t
	s.allowed = func(_ string, err error) bool { return Retriable(err) }
	if err := s.try("seal", s.seal(id, p)); err != nil {
		t.Fatal(err)
	}
}

// TestQuarantinePolicy takes the device out of use, and an operator's word and
// a memory test bring it back.
func TestQuarantinePolicy(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		sealBytes(t, s.e, largeID, s.large)
		if err := s.e.FlipBit(t.Context(), smallID, 0, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.verify(); !errors.Is(err, ErrIntegrityViolation) {
			t.Fatalf("verify: %v", err)
		}
		if st := s.e.Status(); st.State != "running" || st.Devices[0].State != "quarantined" {
			t.Errorf("status: %+v", st)
		}
		refused := map[string]error{
			"seal":      s.seal("other", s.small)(),
			"execute":   executeOn(s, largeID),
			"quarantee": s.e.UnquarantineDevice(t.Context(), 0, "tester"),
		}
		for what, want := range map[string]error{"seal": ErrQuarantined, "execute": ErrQuarantined, "quarantee": ErrConflict} {
			if !errors.Is(refused[what], want) {
				t.Errorf("%s on a quarantined device: %v", what, refused[what])
			}
		}
		if _, err := s.e.Verify(t.Context(), largeID); err != nil {
			t.Errorf("verify on a quarantined device: %v", err)
		}
		if n, err := s.e.ReleaseAll(t.Context()); n != 2 || err != nil {
			t.Errorf("released %d, %v", n, err)
		}
		if err := s.e.UnquarantineDevice(t.Context(), 0, "tester"); err != nil {
			t.Fatal(err)
		}
		s.gone()
		s.settled()
		if err := s.seal(largeID, s.large)(); err != nil {
			t.Error(err)
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}, func(o *Options) { o.OnIncident = OnIncidentQuarantine })
}

// quarantine takes the device out of use by an incident.
func quarantine(t *testing.T, s *scenario) {
	t.Helper()
	sealBytes(t, s.e, smallID, s.small)
	if err := s.e.FlipBit(t.Context(), smallID, 0, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.e.Verify(t.Context(), smallID); !errors.Is(err, ErrIntegrityViolation) {
		t.Fatalf("verify: %v", err)
	}
	if err := s.e.Release(t.Context(), smallID); err != nil {
		t.Fatal(err)
	}
}

func executeOn(s *scenario, id string) error {
	_, err := s.e.Execute(s.t.Context(), ExecuteRequest{Shards: []string{id}}, func(context.Context, *Run) error { return nil })
	return err
}

// TestMemoryTestThatFails at every driver call, and at a crash at every
// message: the device stays out of use, nothing of it leaks, and a second try
// brings it back.
func TestMemoryTestThatFails(t *testing.T) {
	for nth := 1; nth <= 16; nth++ {
		for _, crash := range []bool{false, true} {
			c := &crashes{}
			bubble(t, func(t *testing.T, s *scenario) {
				quarantine(t, s)
				if crash {
					c.arm("device-0", nth)
				} else {
					s.faces.Fail(sim.OpAny, nth, gpu.ErrUnknown, false)
				}
				before := s.e.Devices()[0].Mapped
				err := s.e.UnquarantineDevice(t.Context(), 0, "tester")
				s.faces.Clear()
				c.disarm()
				d := s.e.Devices()[0]
				if err != nil && d.State != "quarantined" || err == nil && d.State != "active" {
					t.Errorf("%d, crash %v: %v, device %s", nth, crash, err, d.State)
				}
				if err != nil {
					err = s.e.UnquarantineDevice(t.Context(), 0, "tester")
				}
				if err != nil {
					t.Errorf("%d, crash %v: once more: %v", nth, crash, err)
				}
				synctest.Wait()
				if d := s.e.Devices()[0]; d.Mapped != before || d.State != "active" {
					t.Errorf("%d, crash %v: %d bytes mapped, %s", nth, crash, uint64(d.Mapped), d.State)
				}
				s.settled()
				if err := s.close(); err != nil {
					t.Error(err)
				}
			}, func(o *Options) {
				o.probe, o.OnIncident = c.probe, OnIncidentQuarantine
				o.Simulated.Memory = 8 * gpu.MiB
			})
		}
	}
}

// TestResidencyThatLies is a policy violation at the load and an incident later.
func TestResidencyThatLies(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		s.faces.Lie(func(r *gpu.Residency) { r.Managed = true })
		if err := s.seal(largeID, s.large)(); !errors.Is(err, ErrPolicyViolation) || ExitStatus(err) != 4 {
			t.Errorf("seal: %v", err)
		}
		results, err := s.e.Verify(t.Context(), smallID)
		if !errors.Is(err, ErrIntegrityViolation) || len(results) != 1 || results[0].Reason != "residency" {
			t.Errorf("verify: %+v, %v", results, err)
		}
		s.faces.Clear()
		if n, err := s.e.ReleaseAll(t.Context()); n != 1 || err != nil {
			t.Errorf("released %d, %v", n, err)
		}
		s.gone()
		s.settled()
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

// TestScrubThatDoesNotTake quarantines the device.
func TestScrubThatDoesNotTake(t *testing.T) {
	bubble(t, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		s.faces.FailAlways(sim.OpZero, gpu.ErrUnknown, false)
		if err := s.e.Release(t.Context(), smallID); err == nil {
			t.Error("released without a scrub")
		}
		if d := s.e.Devices()[0]; d.State != "quarantined" || d.Mapped == 0 {
			t.Errorf("device: %+v", d)
		}
		s.faces.Clear()
		if err := s.e.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
		if dirty, err := s.faces.Dirty(); dirty != 0 || err != nil {
			t.Errorf("%d bytes are not scrubbed, %v", dirty, err)
		}
	})
}
