package actors

import (
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/seal"
)

// Limits of restarts. See tree.go.
const (
	maxCrashes  = 5
	crashWindow = time.Minute
	hopeless    = 4 * maxCrashes // then it is not even restarted to clean up
)

// unit is what an actor's record does about the actor's end.
type unit interface {
	// crashed is called before the actor is restarted; often says that it was
	// too often.
	crashed(e *env, often bool)
	// ended is called when the actor is gone for good.
	ended(e *env)
}

// reasonCrashes is why a shard is quarantined whose actor crashes again and
// again. It is no incident: its bytes are not known to differ.
const reasonCrashes = "crashes"

// strategy restarts what crashes, answers who asked, and records it. It runs
// on the supervisor's goroutine.
type strategy struct{ env *env }

// HandleFailure implements actor.SupervisorStrategy.
func (s strategy) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, child *actor.PID, rs *actor.RestartStatistics, reason, message any) {
	name := unitName(child)
	err := fail(ErrCrashed, "", "%s restarted", name)
	unwrapped := actor.UnwrapEnvelopeMessage(message)
	rs.Fail()
	crashes := rs.NumberOfFailures(crashWindow)
	u, known := s.env.unit(name)
	if known {
		u.crashed(s.env, crashes > maxCrashes)
	}
	if r, ok := unwrapped.(requester); ok {
		answerAll(r.requests(), nil, err)
	}
	if w, ok := unwrapped.(auditWrite); ok {
		w.then(err)
	}
	// The panic's value may hold anything; its type does not.
	what := fmt.Sprintf("%T while it served %T", reason, unwrapped)
	s.env.emit(audit.ActorRestarted(name, what, crashes))
	s.env.hub.publish(Event{Kind: EventRestart, Device: -1, Detail: name})
	if crashes > hopeless && expendable(known, unwrapped) {
		sup.StopChildren(child)
		return
	}
	sup.RestartChildren(child)
}

// expendable reports whether an actor may be given up. Those that stand for a
// device or a shard may: their records are cleaned up. The others are needed as
// long as they can start at all.
func expendable(hasRecord bool, message any) bool {
	switch message.(type) {
	case *actor.Started, *actor.Restart: // the first start, and those after crashes
		return true
	}
	return hasRecord
}

func (r *deviceRecord) crashed(e *env, often bool) {
	r.restarts.Add(1)
	if often {
		e.changeDevice(r, DeviceQuarantined, "its actor crashed again and again")
	}
}

func (r *deviceRecord) ended(e *env) {
	err := fail(ErrDeviceLost, "", "device %d has no actor any more", r.index)
	r.setSend(nil)
	r.takenOver()
	if !e.calls.over() { // it was given up: nobody can use or scrub its memory
		e.changeDevice(r, DeviceLost, "its actor crashed again and again")
		e.loseShards(r, err)
		e.fatal(err)
	}
	r.queue.close(err)
	e.calls.failUnit(r.unit, err)
}

func (s *shard) crashed(_ *env, often bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restarts++
	if often && s.failure == nil && s.phase == phaseSealed {
		s.failure = &Failure{Reason: reasonCrashes, BadBlock: audit.NoBlock, At: time.Now()}
		s.state = seal.StateQuarantined
	}
}

// ended answers who asked. A shard that was given up is scrubbed and released
// without its actor.
func (s *shard) ended(e *env) {
	switch s.at() {
	case phaseReleased:
		e.calls.failUnit(s.unit, s.refused(fail(ErrNotFound, s.spec.ID, "it was released")))
		return
	case phaseNew: // its id was taken, or it never began: it has no memory and no entry in the book
		e.shards.remove(s)
		e.calls.failUnit(s.unit, s.refused(fail(ErrCrashed, s.spec.ID, "it was not loaded; seal it again")))
		return
	case phaseAllocating, phaseLoading, phaseDigesting, phaseCommitting, phaseSealed, phaseReleasing:
	}
	s.refuse(fail(ErrCrashed, s.spec.ID, "its actor crashed again and again; it is given up and scrubbed"))
	e.scrub(s)
}

// scrub releases a shard that has no actor, and then answers who asked.
func (e *env) scrub(s *shard) {
	s.releasing()
	s.device.submit(&scrubWork{shard: s, told: func(m freed) {
		if errors.Is(m.err, ErrCrashed) {
			e.scrub(s) // the device restarted: once more
			return
		}
		e.released(s, m)
		e.calls.failUnit(s.unit, s.refused(nil))
	}})
}
