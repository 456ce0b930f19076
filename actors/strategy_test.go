package actors

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/seal"
)

// minder is a supervisor of which the strategy is told. It notes what is done.
type minder struct {
	actor.Supervisor
	restarted, stopped int
}

func (m *minder) RestartChildren(...*actor.PID) { m.restarted++ }
func (m *minder) StopChildren(...*actor.PID)    { m.stopped++ }

// crash tells the strategy of a failure of the actor.
func (s *stage) crash(m *minder, unit string, rs *actor.RestartStatistics, message any) {
	strategy{s.env}.HandleFailure(s.env.system, m, actor.NewPID("nonhost", "supervisor/"+unit), rs, "a secret", message)
}

// TestCrashLimits restart, then quarantine, then give up, and forget what was
// long ago.
func TestCrashLimits(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.sealed("a", 5000)
		s.env.enter(rec.unit, rec)
		s.env.enter(s.rec.unit, s.rec)
		for _, unit := range []string{rec.unit, s.rec.unit} {
			m, rs := &minder{}, actor.NewRestartStatistics()
			for range 3 * maxCrashes { // one at a time
				s.crash(m, unit, rs, deviceWake{})
				time.Sleep(crashWindow / (maxCrashes - 1))
			}
			if m.restarted != 3*maxCrashes || m.stopped != 0 || rec.serves() != nil || s.rec.serves() != nil {
				t.Errorf("%s: %+v, %v, %v", unit, m, rec.serves(), s.rec.serves())
			}
		}
		for _, unit := range []string{rec.unit, s.rec.unit} {
			m, rs := &minder{}, actor.NewRestartStatistics()
			for n := 1; n <= hopeless; n++ {
				s.crash(m, unit, rs, deviceWake{})
				quarantined := rec.serves() != nil
				if unit == s.rec.unit {
					quarantined = s.rec.serves() != nil
				}
				if m.restarted != n || m.stopped != 0 || quarantined != (n > maxCrashes) {
					t.Errorf("%s, %d crashes: %+v, quarantined %v", unit, n, m, quarantined)
				}
			}
			s.crash(m, unit, rs, deviceWake{})
			if m.restarted != hopeless || m.stopped != 1 {
				t.Errorf("%s: %+v", unit, m)
			}
		}
		if f := rec.snapshot().Failure; f == nil || f.Reason != "crashes" || rec.snapshot().State != seal.StateQuarantined || rec.restarts != 3*maxCrashes+hopeless+1 {
			t.Errorf("%+v after %d restarts", rec.snapshot(), rec.restarts)
		}
		if s.rec.current() != DeviceQuarantined || s.rec.restarts.Load() != int64(3*maxCrashes+hopeless+1) {
			t.Errorf("%s after %d restarts", s.rec.current(), s.rec.restarts.Load())
		}
		s.env.forget(rec.unit)
		s.release(rec)
	})
}

// TestNeededActorsAreNotGivenUp unless they cannot even start.
func TestNeededActorsAreNotGivenUp(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		m, rs := &minder{}, actor.NewRestartStatistics()
		for range 2 * hopeless {
			s.crash(m, "auditor", rs, patrolTick{})
		}
		if m.stopped != 0 || m.restarted != 2*hopeless {
			t.Errorf("%+v", m)
		}
		s.crash(m, "auditor", rs, &actor.Started{})
		if m.stopped != 1 {
			t.Errorf("%+v", m)
		}
	})
}

// TestCrashIsAnswered to whoever asked, and what is told of it says only types.
func TestCrashIsAnswered(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		events := s.env.hub.listen(t.Context())
		var wrote error
		calls := map[string]any{}
		for _, op := range []string{"load", "seal", "release", "report", "restart", "spawn"} {
			c := s.env.calls.inner(t.Context(), "u", op)
			calls[op] = map[string]any{"load": shardLoad{c}, "seal": shardSeal{c}, "release": shardRelease{call: c}, "report": incidentReport{calls: []*call{c}},
				"restart": operatorRestart{call: c}, "spawn": spawnShard{call: c}}[op]
			envelope := &actor.MessageEnvelope{Message: calls[op]}
			s.crash(&minder{}, "x", actor.NewRestartStatistics(), envelope)
			s.fails(c, ErrCrashed)
			if e := <-events; e.Kind != EventRestart || e.Detail != "x" {
				t.Errorf("told %+v", e)
			}
		}
		s.crash(&minder{}, "x", actor.NewRestartStatistics(), auditWrite{then: func(err error) { wrote = err }})
		s.crash(&minder{}, "x", actor.NewRestartStatistics(), shardRelease{}) // nobody asked
		if !errors.Is(wrote, ErrCrashed) {
			t.Errorf("the writer was told %v", wrote)
		}
		s.env.hub.close()
	})
}

// TestUnitThatEnds answers everything that waits for it.
func TestUnitThatEnds(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		fatal := make(chan error, 2)
		s.env.cfg.OnFatal = func(err error) { fatal <- err }
		rec := s.sealed("a", 5000)
		mine, other := s.env.calls.inner(t.Context(), s.rec.unit, "mine"), s.env.calls.inner(t.Context(), "other", "other")
		waits := &piece{cls: classSeal}
		s.rec.submit(waits)
		s.rec.ended(s.env)
		s.rec.ended(s.env)
		s.fails(mine, ErrDeviceLost)
		s.waits(other)
		other.answer(nil, nil)
		if !errors.Is(waits.failed, ErrDeviceLost) || s.rec.current() != DeviceLost || !errors.Is(rec.serves(), ErrDeviceLost) {
			t.Errorf("%v, %s, %v", waits.failed, s.rec.current(), rec.serves())
		}
		synctest.Wait()
		if len(fatal) != 1 {
			t.Errorf("the embedder was told %d times", len(fatal))
		}
		<-s.rec.adopted
	})
}

// TestShardThatIsGivenUp is scrubbed without its actor.
func TestShardThatIsGivenUp(t *testing.T) {
	for _, p := range []phase{phaseNew, phaseLoading, phaseSealed, phaseReleasing, phaseReleased} {
		onStage(t, func(t *testing.T, s *stage) {
			var rec *shard
			switch p {
			case phaseNew, phaseReleased:
				rec = s.shard("a", 5000)
			case phaseLoading:
				rec = s.load("a", 5000)
			default:
				rec = s.sealed("a", 5000)
			}
			rec.phase = p
			s.env.shards.add(rec)
			c := s.call(rec, opVerify)
			rec.ended(s.env)
			s.serve()
			want := map[phase]Code{phaseReleased: ErrNotFound}[p]
			if want == "" {
				want = ErrCrashed
			}
			s.fails(c, want)
			s.env.shards.remove(rec)
			s.empty()
			if text := fmt.Sprint(rec.refused(nil)); p == phaseSealed && text == "<nil>" {
				t.Error("nothing says why")
			}
		})
	}
}
