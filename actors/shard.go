package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/seal"
)

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
		a.onDigested(m)
	case shardAudited:
		a.onAudited(m)
	case shardVerify:
		a.onVerify(m)
	case shardRecheck:
		if a.rec.at() == phaseSealed {
			a.recheck()
		}
	case mismatchFound:
		a.onMismatch(m)
	case incidentRecorded:
		a.onIncidentRecorded(m)
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

// recheck verifies the shard again: after a restart of its own or of its
// device, nothing serves before that.
func (a *shardActor) recheck() {
	a.rec.doubt()
	a.rec.mu.Lock()
	waiting := a.rec.verifying
	a.rec.verifying = nil
	a.rec.mu.Unlock()
	var calls []*call
	for _, w := range waiting {
		calls = append(calls, w.calls...)
	}
	a.check(calls...)
}

// check asks the device for a pass on behalf of the calls. They join one that
// is queued and has not begun, never one under way.
func (a *shardActor) check(calls ...*call) {
	a.rec.mu.Lock()
	if n := len(a.rec.verifying); n > 0 && !a.rec.verifying[n-1].job.begun.Load() {
		last := a.rec.verifying[n-1]
		last.calls = append(last.calls, calls...)
		a.rec.mu.Unlock()
		return
	}
	job := &digestJob{shard: a.rec}
	job.done = func(j *digestJob) {
		j.failure, j.err = j.judge(a.env)
		a.rec.send(digested{j})
	}
	a.rec.verifying = append(a.rec.verifying, &check{job: job, calls: calls})
	if a.rec.state == seal.StateSealed {
		a.rec.state = seal.StateVerifying
	}
	a.rec.mu.Unlock()
	a.rec.device.submit(newDigestWork(verifyClass(a.rec.spec.Size), job))
}

// checked takes the check that the job answers off the list.
func (a *shardActor) checked(job *digestJob) []*call {
	a.rec.mu.Lock()
	defer a.rec.mu.Unlock()
	var calls []*call
	rest := a.rec.verifying[:0]
	for _, w := range a.rec.verifying {
		if w.job == job {
			calls = w.calls
			continue
		}
		rest = append(rest, w)
	}
	a.rec.verifying = rest
	if len(rest) == 0 && a.rec.state == seal.StateVerifying {
		a.rec.state = seal.StateSealed
	}
	return calls
}

func answerAll(calls []*call, value any, err error) {
	for _, c := range calls {
		if c != nil {
			c.answer(value, err)
		}
	}
}
