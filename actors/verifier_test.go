package actors

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// patrols does the patrol work that is queued first, and returns it.
func (s *stage) patrols() *patrolWork {
	s.t.Helper()
	synctest.Wait()
	w := s.rec.queue.next()
	if w == nil {
		return nil
	}
	p, ok := w.(*patrolWork)
	if !ok {
		s.t.Fatalf("queued a %T", w)
	}
	s.do(p)
	s.rec.queue.finish(p)
	synctest.Wait()
	return p
}

// TestVerifierPatrols once per interval, from begin to begin, and takes its
// time where a pass takes longer.
func TestVerifierPatrols(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.sealed("a", 5000)
		s.actorOf("verifier", func() actor.Actor { return &verifier{env: s.env} })
		for n := range uint64(5) {
			if s.patrols() != nil {
				t.Fatal("before the interval was over")
			}
			time.Sleep(time.Minute)
			start := time.Now()
			if p := s.patrols(); p == nil || p.tally.sum.Shards != 1 {
				t.Fatalf("pass %d: %+v", n, p)
			}
			if now := s.env.patrol.snapshot(); now.Passes != n+1 || !now.Started.Equal(start) || now.Shards != 1 || now.Bytes != 5000 {
				t.Errorf("pass %d: %+v", n, now)
			}
		}
		time.Sleep(time.Minute) // due, and nobody has time for it
		synctest.Wait()
		time.Sleep(3 * time.Minute)
		if p := s.patrols(); p == nil {
			t.Fatal("no pass")
		}
		if p := s.patrols(); p == nil { // was due while the other waited
			t.Error("the next pass was not begun")
		}
		if s.patrols() != nil {
			t.Error("a pass too many")
		}
		s.env.patrol.close()
		time.Sleep(10 * time.Minute)
		if s.patrols() != nil {
			t.Error("a pass after the end")
		}
		s.release(rec)
	}, func(c *Config) { c.PatrolInterval = time.Minute })
}

// TestVerifierThatSucceedsAnother does not double the patrol.
func TestVerifierThatSucceedsAnother(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		s.actorOf("first", func() actor.Actor { return &verifier{env: s.env} })
		time.Sleep(30 * time.Second)
		tell := s.actorOf("second", func() actor.Actor { return &verifier{env: s.env} })
		tell(patrolTick{incarnation: 1})                      // the first one's
		tell(patrolPart{patrolled{pass: 1, Shards: 9}})       // of a pass that nobody waits for
		tell(patrolPart{patrolled{err: errors.New("ended")}}) // likewise
		if s.patrols() != nil || s.env.patrol.snapshot().Passes != 0 {
			t.Error("the successor took what was its predecessor's")
		}
		s.env.patrol.close()
		time.Sleep(5 * time.Minute)
	}, func(c *Config) { c.PatrolInterval = time.Minute })
}

// TestVerifierWithoutDevices goes on when one comes back.
func TestVerifierWithoutDevices(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		s.change(DeviceQuarantined, "test")
		s.actorOf("verifier", func() actor.Actor { return &verifier{env: s.env} })
		time.Sleep(5*time.Minute + time.Second)
		if s.patrols() != nil || s.env.patrol.snapshot().Passes != 0 {
			t.Error("a device that is quarantined was patrolled")
		}
		s.change(DeviceActive, "")
		time.Sleep(time.Minute)
		if s.patrols() == nil || s.env.patrol.snapshot().Passes != 1 {
			t.Error("the patrol ended for good")
		}
		s.env.patrol.close()
		time.Sleep(5 * time.Minute)
	}, func(c *Config) { c.PatrolInterval = time.Minute })
}

// TestVerifierIsOff without an interval.
func TestVerifierIsOff(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		s.actorOf("verifier", func() actor.Actor { return &verifier{env: s.env} })
		time.Sleep(24 * time.Hour)
		if s.patrols() != nil {
			t.Error("it patrols")
		}
	})
}
