package actors

import "github.com/asynkron/protoactor-go/actor"

// shardActor owns one allocation and its seal. Its state is in the record.
type shardActor struct {
	env  *env
	rec  *shard
	self *actor.PID
}

func newShardActor(e *env, rec *shard) actor.Producer {
	return func() actor.Actor { return &shardActor{env: e, rec: rec} }
}

func (a *shardActor) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		a.self = c.Self()
		a.adopt()
	case shardLoad:
		a.onLoad(m)
	case allocated:
		a.onAllocated(m)
	case shardSeal:
		a.onSeal(m)
	case digested:
		if a.rec.at() == phaseDigesting {
			a.onFirstDigest(m.job)
		}
	case shardAudited:
		a.onAudited(m)
	case shardRecheck:
		if a.rec.at() == phaseSealed {
			a.recheck()
		}
	case shardRelease:
		a.onRelease(m)
	case freed:
		a.onFreed(c, m)
	}
}

// adopt continues what a crashed predecessor left. What was not sealed yet is
// given up; what was sealed serves again after it was verified; a release goes
// on.
func (a *shardActor) adopt() {
	if a.rec.restarts == 0 {
		return
	}
	switch a.rec.at() {
	case phaseNew, phaseAllocating, phaseLoading, phaseDigesting, phaseCommitting:
		a.giveUp(fail(ErrCrashed, a.rec.spec.ID, "it was not sealed; seal it again"))
	case phaseSealed:
		a.recheck()
	case phaseReleasing:
		a.scrub()
	case phaseReleased:
	}
}

func answerAll(calls []*call, value any, err error) {
	for _, c := range calls {
		if c != nil {
			c.answer(value, err)
		}
	}
}
