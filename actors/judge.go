package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

// finding is what a device's pass found, and whoever it is to be told to. It is
// judged once, or fails.
type finding interface {
	settle(e *env)
	fail(err error)
}

// judgeWake says that there may be something to judge.
type judgeWake struct{}

// judge compares what a device found with the seals, and has it recorded, while
// the device goes on with the next pass. What waits for it is in the court.
type judge struct {
	env   *env
	court *court
}

func (a *judge) Receive(c actor.Context) {
	switch c.Message().(type) {
	case *actor.Started:
		self, root := c.Self(), c.ActorSystem().Root
		a.court.open(func() { root.Send(self, judgeWake{}) })
		a.sit()
	case judgeWake:
		a.sit()
	}
}

// sit judges all that waits.
func (a *judge) sit() {
	for m := a.court.next(); m != nil; m = a.court.next() {
		m.settle(a.env)
	}
}

// checks are those of one pass that somebody asked for.
type checks struct{ jobs []*digestJob }

// settle quarantines what failed, records what is intact, and answers then.
func (m checks) settle(e *env) {
	records := make([]audit.Record, 0, len(m.jobs))
	intact := make([]*digestJob, 0, len(m.jobs))
	for _, j := range m.jobs {
		f, err := j.judge(e)
		switch {
		case err != nil:
			j.end(Verdict{}, deviceError(j.shard.spec.ID, err))
		case f != nil:
			j.mismatch(e, *f)
		default:
			records = append(records, j.record("request"))
			intact = append(intact, j)
		}
	}
	e.emitAll(records)
	for _, j := range intact {
		j.end(Verdict{ID: j.shard.spec.ID, Bytes: j.shard.spec.Size, Started: j.started, Took: j.took}, nil)
	}
}

func (m checks) fail(err error) {
	for _, j := range m.jobs {
		j.end(Verdict{}, err)
	}
}

// end tells who asked for the check, once.
func (j *digestJob) end(v Verdict, err error) {
	if !j.over.CompareAndSwap(false, true) {
		return
	}
	for _, who := range j.shard.ends(j) {
		who.inquiry.end(who.at, v, err)
	}
}

// mismatch reports that the check found one, once.
func (j *digestJob) mismatch(e *env, f Failure) {
	if !j.over.CompareAndSwap(false, true) {
		return
	}
	var calls []*call
	for _, who := range j.shard.ends(j) {
		calls = append(calls, e.callOf(who))
	}
	e.found(j.shard, f, calls...)
}

// record says that the check found the shard intact.
func (j *digestJob) record(kind string) audit.Record {
	s := j.shard
	return audit.SealVerified(s.spec.ID, s.device.index, uint64(s.spec.Size), hexDigest(j.digest), kind, j.took)
}

// judge compares what a finished job found with the shard's seal. A nil Failure
// is a pass. It may run on any goroutine.
func (j *digestJob) judge(e *env) (*Failure, error) {
	if j.err != nil {
		if errors.Is(j.err, ErrNotResident) {
			return &Failure{Reason: "residency", BadBlock: gpu.NoBlock, At: time.Now()}, nil
		}
		return nil, j.err
	}
	handle, ok := j.shard.sealed()
	if !ok {
		return nil, fail(ErrNotSealed, j.shard.spec.ID, "it has no seal yet")
	}
	verdict, err := seal.Judge(e.keys, handle, j.digest)
	if err != nil {
		return nil, err
	}
	if verdict.OK {
		j.shard.passed(j.started, j.exposures)
		return nil, nil
	}
	return &Failure{Reason: string(verdict.Reason), BadBlock: j.badBlock, Measured: hexDigest(j.digest), At: time.Now(), Took: j.took}, nil
}
