package actors

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/asynkron/protoactor-go/actor"
)

// verdictOf is a finding that says what became of it.
type verdictOf struct {
	name string
	told *[]string
	do   func()
}

func (v verdictOf) settle(*env) {
	if v.do != nil {
		v.do()
	}
	*v.told = append(*v.told, v.name+" settled")
}

func (v verdictOf) fail(err error) {
	name := v.name + " failed"
	if errors.Is(err, ErrCrashed) {
		name += " by a crash"
	}
	*v.told = append(*v.told, name)
}

// TestJudgeThatCrashes loses what it crashed at and nothing else.
func TestJudgeThatCrashes(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		var told []string
		c := &court{device: s.rec}
		c.hear(s.env, verdictOf{name: "without a judge", told: &told})
		wakes := 0
		c.open(func() { wakes++ })
		for _, name := range []string{"a", "b", "c"} {
			c.hear(s.env, verdictOf{name: name, told: &told})
		}
		if m := c.next(); m.(verdictOf).name != "a" || wakes != 3 {
			t.Errorf("%+v is judged first, after %d wakes", m, wakes)
		}
		c.crashed(s.env, false) // at a
		c.crashed(s.env, false) // as it starts again
		if s.rec.current() != DeviceActive {
			t.Error("two crashes were too many")
		}
		tell := s.actorOf("judge", func() actor.Actor { return &judge{env: s.env, court: c} })
		tell(judgeWake{})
		synctest.Wait()
		c.open(func() {})
		c.hear(s.env, verdictOf{name: "d", told: &told})
		c.crashed(s.env, true)
		c.ended(s.env)
		c.hear(s.env, verdictOf{name: "e", told: &told})
		if s.rec.current() != DeviceQuarantined {
			t.Error("a device is used whose findings nobody judges")
		}
		want := []string{"without a judge settled", "a failed by a crash", "b settled", "c settled", "d failed by a crash", "e failed by a crash"}
		if len(told) != len(want) {
			t.Fatalf("told %v, want %v", told, want)
		}
		for i, w := range want {
			if told[i] != w {
				t.Errorf("told %v, want %v", told, want)
				break
			}
		}
	})
}

// TestPatrolIsToldOnce whatever ends it.
func TestPatrolIsToldOnce(t *testing.T) {
	var told []error
	m := patrolFound{tally: newPatrolWork(1, nil, func(p patrolled) { told = append(told, p.err) }).tally}
	m.fail(ErrCrashed)
	m.fail(ErrClosed)
	m.last = true
	m.settle(nil)
	if len(told) != 1 || !errors.Is(told[0], ErrCrashed) || !m.tally.ended() {
		t.Errorf("told %v", told)
	}
}
