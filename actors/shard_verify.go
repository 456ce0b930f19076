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

func (a *shardActor) onVerify(m shardVerify) {
	if a.rec.at() == phaseSealed {
		if v, found := a.recorded(); found {
			a.refused(*v.Failure)
			m.call.answer(v, nil)
			return
		}
	}
	if err := a.rec.serves(); err != nil {
		m.call.answer(nil, err)
		return
	}
	a.check(m.call)
}

// recorded returns the verdict of a shard whose failure is on record. It is
// always the answer, whoever found it.
func (a *shardActor) recorded() (Verdict, bool) {
	v := Verdict{ID: a.rec.spec.ID, Failure: a.rec.snapshot().Failure, Bytes: a.rec.spec.Size}
	if v.Failure == nil {
		return v, false
	}
	v.Took = v.Failure.Took
	return v, true
}

// refused records that the shard failed, or failed again, to verify.
func (a *shardActor) refused(f Failure) {
	handle, _ := a.rec.sealed()
	a.env.emit(audit.SealVerificationFailed(a.rec.spec.ID, a.rec.device.index, uint64(a.rec.spec.Size),
		hexDigest(handle.Digest), f.Measured, f.Reason, f.BadBlock))
}

func (a *shardActor) onDigested(m digested) {
	if m.job.keep {
		if a.rec.at() == phaseDigesting {
			a.onFirstDigest(m.job)
		}
		return
	}
	calls := a.checked(m.job)
	switch {
	case m.job.err != nil:
		answerAll(calls, nil, deviceError(a.rec.spec.ID, m.job.err))
	case m.job.failure != nil:
		a.found(*m.job.failure, calls)
	default:
		a.env.emit(audit.SealVerified(a.rec.spec.ID, a.rec.device.index, uint64(a.rec.spec.Size), hexDigest(m.job.digest), "request", m.job.took))
		answerAll(calls, Verdict{ID: a.rec.spec.ID, Bytes: a.rec.spec.Size, Started: m.job.started, Took: m.job.took}, nil)
	}
}

func (a *shardActor) onMismatch(m mismatchFound) { a.found(m.failure, []*call{m.call}) }

// found quarantines the shard and reports the incident. Who asked is answered
// when the incident is on record and acted upon.
func (a *shardActor) found(f Failure, calls []*call) {
	a.rec.failed(f)
	a.refused(f)
	a.env.reportIncident(incidentReport{shard: a.rec, failure: f, calls: calls})
}

func (a *shardActor) onIncidentRecorded(m incidentRecorded) {
	a.rec.mu.Lock()
	if a.rec.failure != nil && a.rec.failure.Incident == "" {
		a.rec.failure.Incident = m.id
	}
	a.rec.mu.Unlock()
	v, found := a.recorded()
	if !found {
		return
	}
	for _, c := range m.calls {
		if c == nil {
			continue
		}
		if c.op == opVerify {
			c.answer(v, nil)
			continue
		}
		c.answer(nil, fail(ErrIntegrity, v.ID, "it failed verification (%s); the callback was not run", v.Failure.Reason))
	}
}
