package actors

import (
	"runtime"
	"slices"
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
	e.judge(m.jobs, func(j *digestJob, f *Failure, err error) {
		switch {
		case err != nil:
			j.end(Verdict{}, deviceError(j.shard.spec.ID, err))
		case f != nil:
			j.mismatch(e, *f)
		default:
			records = append(records, j.record("request"))
			intact = append(intact, j)
		}
	})
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

// judgedAtOnce is how many jobs are judged before others are let run: above all
// the device's thread, if the scheduler took the processor from it.
const judgedAtOnce = 32

// judge compares what finished jobs found with their shards' seals and tells
// each, those that are intact in their order. A nil Failure is a pass. It may
// run on any goroutine.
func (e *env) judge(jobs []*digestJob, tell func(*digestJob, *Failure, error)) {
	cases := make([]seal.Case, 0, min(len(jobs), judgedAtOnce))
	judged := make([]*digestJob, 0, cap(cases))
	for some := range slices.Chunk(jobs, judgedAtOnce) {
		cases, judged = cases[:0], judged[:0]
		for _, j := range some {
			handle, f, err := j.evidence()
			if f != nil || err != nil {
				tell(j, f, err)
				continue
			}
			cases, judged = append(cases, seal.Case{Handle: handle, Measured: j.digest}), append(judged, j)
		}
		err := seal.JudgeAll(e.keys, cases)
		for i, j := range judged {
			if err != nil {
				tell(j, nil, err)
				continue
			}
			tell(j, j.pronounce(cases[i].Verdict), nil)
		}
		if len(some) == judgedAtOnce {
			runtime.Gosched()
		}
	}
}

// evidence returns the handle that the digest is to be compared with, or why
// there is nothing to compare.
func (j *digestJob) evidence() (seal.Handle, *Failure, error) {
	if errors.Is(j.err, ErrNotResident) {
		return seal.Handle{}, &Failure{Reason: "residency", BadBlock: gpu.NoBlock, At: time.Now()}, nil
	}
	if j.err != nil {
		return seal.Handle{}, nil, j.err
	}
	handle, ok := j.shard.sealed()
	if !ok {
		return handle, nil, fail(ErrNotSealed, j.shard.spec.ID, "it has no seal yet")
	}
	return handle, nil, nil
}

// pronounce is what the verdict means for the shard.
func (j *digestJob) pronounce(v seal.Verdict) *Failure {
	if v.OK {
		j.shard.passed(j.started, j.exposures)
		return nil
	}
	return &Failure{Reason: string(v.Reason), BadBlock: j.badBlock, Measured: hexDigest(j.digest), At: time.Now(), Took: j.took}
}
