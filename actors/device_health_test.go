package actors

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal"
)

const (
	recordHealth = "Device reported on its health"
	recordPatrol = "Patrol pass finished"
	recordState  = "Device changed state"
)

// flip inverts a bit of the shard behind everybody's back.
func flip(t *testing.T, s *System, control *sim.Control, id string, at gpu.Bytes) {
	t.Helper()
	err := s.OnDevice(t.Context(), id, func(span gpu.Span) error { return control.Flip(span.Extent, span.Offset.AddSat(at), 3) })
	if err != nil {
		t.Fatal(err)
	}
}

// ill runs a system with two shards on a device that reports.
func ill(t *testing.T, fn func(t *testing.T, s *System, control *sim.Control, j *journal), change ...func(*Config)) {
	t.Helper()
	j := &journal{}
	live(t, func(t *testing.T, s *System, control *sim.Control) {
		for _, id := range []string{"a", "b"} {
			if err := loadAll(t, s, id, 5000); err != nil {
				t.Fatal(err)
			}
		}
		fn(t, s, control, j)
	}, append([]func(*Config){func(c *Config) { c.Log = j.log() }}, change...)...)
}

// TestReportsAreActedUpon and put on record, each in its way.
func TestReportsAreActedUpon(t *testing.T) {
	for action, row := range map[health.Action]struct {
		level  string
		state  DeviceState
		passes int
		load   error
	}{
		health.Note:       {"info", DeviceActive, 0, nil},
		health.Recheck:    {"warn", DeviceActive, 1, nil},
		health.Quarantine: {"error", DeviceQuarantined, 0, ErrQuarantined},
		health.Lost:       {"error", DeviceLost, 0, ErrDeviceLost},
		99:                {"error", DeviceQuarantined, 0, ErrQuarantined},
	} {
		var mu sync.Mutex
		var fatal []error
		ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
			control.Raise(health.Report{Source: "xid", Code: 63, Action: action, Detail: "it hurts\n"})
			synctest.Wait()
			want := []string{recordHealth, `"@level":"` + row.level + `"`, `"code":63`, `"gpu_device":0`, `"gpu_uuid":"SIM-`, `"source":"xid"`, `it hurts\\u{a}`, `"unrecorded":0`}
			if n := len(j.lines(want...)); n != 1 {
				t.Errorf("%s: recorded %d times: %v", action, n, j.lines(recordHealth))
			}
			if n := len(j.lines(recordPatrol, `"shards":2`, `"failed":0`)); n != row.passes {
				t.Errorf("%s: %d passes", action, n)
			}
			d := s.Devices()[0]
			if d.State != row.state || (d.State != DeviceActive) != strings.Contains(d.Reason, "xid 63") {
				t.Errorf("%s: the device is %s: %q", action, d.State, d.Reason)
			}
			if err := loadAll(t, s, "c", 5000); !errors.Is(err, row.load) {
				t.Errorf("%s: load: %v", action, err)
			}
			v, err := s.Verify(t.Context(), "a")
			if row.state == DeviceLost {
				if !errors.Is(err, ErrDeviceLost) || s.Shards()[0].State != seal.StateLost {
					t.Errorf("%s: verify: %v, the shard is %s", action, err, s.Shards()[0].State)
				}
			} else if err != nil || v.Failure != nil || s.Shards()[0].Unverified {
				t.Errorf("%s: verify: %+v, %v", action, v, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if (row.state == DeviceLost) != (len(fatal) == 1) {
				t.Errorf("%s: the embedder was told %v", action, fatal)
			}
			for _, err := range fatal {
				if !errors.Is(err, ErrDeviceLost) || !strings.Contains(err.Error(), "it hurts") {
					t.Errorf("%s: the embedder was told %v", action, err)
				}
			}
		}, func(c *Config) {
			c.OnFatal = func(err error) {
				mu.Lock()
				defer mu.Unlock()
				fatal = append(fatal, err)
			}
		})
	}
}

// TestRecheckFindsWhatWasFlipped, as an incident, and leaves the rest in use.
func TestRecheckFindsWhatWasFlipped(t *testing.T) {
	ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
		control.SetCounters(health.Counters{Corrected: 1 << 40, Uncorrected: 3, FailuresNoted: 7}) // less than at the start: it began anew
		flip(t, s, control, "b", 4097)
		control.Raise(report(health.Recheck, 94))
		synctest.Wait()
		found := s.Incidents()
		if len(found) != 1 || found[0].Shard != "b" || found[0].BadBlock != 1 || found[0].Reason != "digest" {
			t.Fatalf("%+v", found)
		}
		if c := found[0].Counted; c.Corrected != 1<<40-100 || c.Uncorrected != 3 || c.Failures != 5 {
			t.Errorf("counted %+v", c)
		}
		if n := len(j.lines("Incident handled", `"ecc_corrected":1099511627676`, `"ecc_uncorrected":3`, `"xid_events":5`)); n != 1 {
			t.Errorf("recorded %d times: %v", n, j.lines("Incident"))
		}
		if state, _ := s.Worker(); state != "stopped" || len(j.lines(recordPatrol, `"failed":1`, `"shards":2`)) != 1 {
			t.Errorf("the worker is %s", state)
		}
		if s.env.shards.shards["a"].serves() != nil || s.env.shards.shards["b"].serves() == nil {
			t.Error("the wrong shard is quarantined")
		}
		if _, err := s.RestartWorker(t.Context(), "me"); err != nil {
			t.Error(err)
		}
	}, func(c *Config) {
		b, ok := c.Backend.(*sim.Backend)
		if !ok {
			t.Fatalf("a %T", c.Backend)
		}
		control, err := b.Control(0)
		if err != nil {
			t.Fatal(err)
		}
		control.SetCounters(health.Counters{Corrected: 100, Uncorrected: 50, FailuresNoted: 2})
	})
}

// TestReportsOfADeviceThatIsOutOfUse are recorded and change nothing, unless
// it is lost as well.
func TestReportsOfADeviceThatIsOutOfUse(t *testing.T) {
	ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
		says := func(a health.Action, state DeviceState, changes int) {
			t.Helper()
			before, reason := len(j.lines(recordHealth)), s.Devices()[0].Reason
			control.Raise(report(a, 1))
			synctest.Wait()
			now := s.Devices()[0]
			if now.State != state || len(j.lines(recordHealth)) != before+1 || len(j.lines(recordState)) != 1+changes || len(j.lines(recordPatrol)) != 0 {
				t.Errorf("%s: the device is %s, %d changes", a, now.State, len(j.lines(recordState)))
			}
			if before > 1 && a != health.Lost && now.Reason != reason {
				t.Errorf("%s: another reason: %q", a, now.Reason)
			}
		}
		says(health.Quarantine, DeviceQuarantined, 1)
		for _, a := range []health.Action{health.Note, health.Recheck, health.Quarantine} {
			says(a, DeviceQuarantined, 1)
		}
		says(health.Lost, DeviceLost, 2)
		for _, a := range []health.Action{health.Note, health.Recheck, health.Quarantine, health.Lost} {
			says(a, DeviceLost, 2)
		}
	})
}

// TestRecheckThatFails is tried again; what could not be digested stays in
// doubt.
func TestRecheckThatFails(t *testing.T) {
	for _, row := range []struct {
		fail   func(c *sim.Control)
		passes int
		doubt  bool
	}{
		{func(c *sim.Control) { c.Fail(sim.OpDigest, 1, gpu.ErrUnknown, false) }, 1, false},
		{func(c *sim.Control) { c.FailAlways(sim.OpDigest, gpu.ErrUnknown, false) }, 0, true},
	} {
		ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
			row.fail(control)
			control.Raise(report(health.Recheck, 63))
			time.Sleep(time.Minute)
			if n := len(j.lines(recordPatrol)); n != row.passes || s.Shards()[0].Unverified != row.doubt {
				t.Errorf("%d passes, in doubt: %v", n, s.Shards()[0].Unverified)
			}
			if n := len(j.lines("could not be digested again")); row.doubt && n != redigestTries {
				t.Errorf("tried %d times", n)
			}
			control.Clear()
			control.Raise(report(health.Recheck, 63))
			synctest.Wait() // at once
			if n := len(j.lines(recordPatrol)); n != row.passes+1 || s.Shards()[0].Unverified {
				t.Errorf("then %d passes", n)
			}
		})
	}
}

// TestRecheckDuringASeal has the shard verify itself when it is sealed.
func TestRecheckDuringASeal(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.load("a", 5000)
		rec.set(phaseDigesting, seal.StateLoading)
		s.play(rec)
		job := &digestJob{shard: rec, keep: true, done: func(j *digestJob) { rec.send(digested{j}) }}
		s.do(newDigestWork(classSeal, job))
		synctest.Wait() // its record is being written
		time.Sleep(time.Second)
		s.heed(report(health.Recheck, 1))
		s.audited(nil)
		synctest.Wait()
		if !rec.snapshot().Unverified || rec.checks != 1 {
			t.Errorf("in doubt %v, %d checks", rec.snapshot().Unverified, rec.checks)
		}
		s.serve()
		if rec.snapshot().Unverified || rec.serves() != nil {
			t.Error("it stays in doubt")
		}
		c := s.call(rec, opRelease)
		rec.tell(shardRelease{call: c})
		s.serve()
		s.fails(c, nil)
		s.empty()
	})
}

// TestDeviceThatCrashesAtAReport does what it asks for all the same.
func TestDeviceThatCrashesAtAReport(t *testing.T) {
	for _, action := range []health.Action{health.Note, health.Recheck, health.Quarantine, health.Lost} {
		var mu sync.Mutex
		crashed := 0
		probe := func(unit string, m any) {
			mu.Lock()
			defer mu.Unlock()
			if _, ok := m.(deviceReported); ok && unit == "device-0" && crashed < 2 {
				crashed++
				panic("test")
			}
		}
		ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
			flip(t, s, control, "a", 0)
			control.Raise(report(action, 5))
			synctest.Wait()
			control.Raise(report(health.Note, 6)) // the second crash
			synctest.Wait()
			control.Raise(report(health.Note, 7))
			synctest.Wait()
			want := map[health.Action]DeviceState{health.Quarantine: DeviceQuarantined, health.Lost: DeviceLost}[action]
			if want == "" {
				want = DeviceActive
			}
			if crashed != 2 || s.Devices()[0].State != want {
				t.Errorf("%s: %d crashes, the device is %s", action, crashed, s.Devices()[0].State)
			}
			for _, code := range []string{`"code":5`, `"code":6`, `"code":7`} {
				if n := len(j.lines(recordHealth, code)); n != 1 {
					t.Errorf("%s: %s is recorded %d times", action, code, n)
				}
			}
			if n := len(s.Incidents()); (n == 1) != (action != health.Lost) { // also because the actor restarted
				t.Errorf("%s: %d incidents", action, n)
			}
		}, func(c *Config) { c.Probe = probe })
	}
}
