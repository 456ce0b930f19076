package actors

import (
	"time"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
)

// Verdict is the outcome of a verification that could be carried out.
type Verdict struct {
	ID      string
	Failure *Failure // nil: intact
	Bytes   gpu.Bytes
	Started time.Time // when the pass began
	Took    time.Duration
}

// recheck verifies the shard again, for nobody in particular: after a restart of
// its own or of its device nothing is known of its bytes.
func (a *shardActor) recheck() {
	a.rec.doubt()
	job := &digestJob{shard: a.rec}
	a.rec.mu.Lock()
	alone := a.rec.join(job)
	a.rec.mu.Unlock()
	if alone {
		a.rec.device.submit(newDigestWork(verifyClass(a.rec.spec.Size), job))
	}
}

// verdict is that of a shard whose failure is on record. It is always the
// answer, whoever found it.
func (s *shard) verdict() Verdict {
	v := Verdict{ID: s.spec.ID, Failure: s.snapshot().Failure, Bytes: s.spec.Size}
	if v.Failure != nil {
		v.Took = v.Failure.Took
	}
	return v
}

// refused records that the shard failed, or failed again, to verify.
func (e *env) refused(s *shard, f Failure) {
	handle, _ := s.sealed()
	e.emit(audit.SealVerificationFailed(s.spec.ID, s.device.index, uint64(s.spec.Size),
		hexDigest(handle.Digest), f.Measured, f.Reason, f.BadBlock))
}

// found quarantines the shard and reports the incident. Who asked is answered
// when the incident is on record and acted upon. It needs no actor of the
// shard, which may have been released in the meantime.
func (e *env) found(s *shard, f Failure, calls ...*call) {
	s.failed(f)
	e.refused(s, f)
	for _, c := range calls {
		c.move(incidentsUnit)
	}
	e.reportIncident(incidentReport{shard: s, failure: f, calls: calls})
}

// recall answers who asks for a shard whose failure is known: when the incident
// is on record, if it was one.
func (e *env) recall(s *shard, f Failure, who asker) {
	if f.Reason == reasonCrashes {
		e.refused(s, f)
		who.inquiry.end(who.at, s.verdict(), nil)
		return
	}
	e.found(s, f, e.callOf(who))
}

// callOf makes a part of an inquiry a call of its own.
func (e *env) callOf(who asker) *call {
	return e.calls.innerThen(who.inquiry.call.ctx, incidentsUnit, opVerify, func(value any, err error) {
		v, ok := value.(Verdict)
		if !ok && err == nil {
			err = fail(ErrCrashed, "", "a verification was answered with a %T", value)
		}
		who.inquiry.end(who.at, v, err)
	})
}

// recorded says that the incident is in the log, or cannot get there, and was
// acted upon.
func (e *env) recorded(m incidentReport, incident string) {
	m.shard.named(incident)
	v := m.shard.verdict()
	if v.Failure == nil {
		v.Failure = &m.failure
	}
	for _, c := range m.calls {
		if c.op == opVerify {
			c.answer(v, nil)
			continue
		}
		c.answer(nil, fail(ErrIntegrity, v.ID, "it failed verification (%s); the callback was not run", v.Failure.Reason))
	}
}

// named gives the failure its incident, once.
func (s *shard) named(incident string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil && s.failure.Incident == "" {
		s.failure.Incident = incident
	}
}
