package actors

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/vram-engine/vram-engine/seal"
)

// Shards are verified in crowds, of which several are under way at a time: while
// one is digested, those before it are judged and their records written. The
// audit log's queue has room for all of them and for what others are writing.
const (
	crowdSize    = 512
	crowdsAtOnce = 4
)

// place is a shard that is asked for, and where its verdict goes.
type place struct {
	shard *shard
	at    int
}

// byAge orders shards as they came, which is about how they lie in memory: so
// a pass looks at few extents, and at each of them once.
func byAge(places []place) {
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.shard.age, b.shard.age) })
}

// inquiry is a question about a crowd of shards. Each part of it is ended once,
// by whoever has its outcome; then the call is answered.
type inquiry struct {
	call *call

	mu       sync.Mutex
	left     int
	verdicts []Verdict // of the whole request; each has one writer
	err      error     // of the first place that has one
	errAt    int
}

// end tells the outcome for one place.
func (q *inquiry) end(at int, v Verdict, err error) {
	q.mu.Lock()
	if err == nil {
		q.verdicts[at] = v
	} else if q.err == nil || at < q.errAt {
		q.err, q.errAt = err, at
	}
	q.left--
	over := q.left == 0
	q.mu.Unlock()
	if over {
		q.call.answer(struct{}{}, q.err)
	}
}

// asker is who waits for a check: a place in an inquiry.
type asker struct {
	inquiry *inquiry
	at      int
}

// inquire has a crowd of shards verified in passes that start after the call,
// and the verdicts written to their places.
func (e *env) inquire(ctx context.Context, crowd []place, verdicts []Verdict) *call {
	q := &inquiry{call: e.calls.inner(ctx, "", opVerify), left: len(crowd), verdicts: verdicts}
	jobs := make([]digestJob, len(crowd))
	var passes []*digestWork // of each device and class
	for i, p := range crowd {
		job := &jobs[i]
		job.shard, job.asked = p.shard, []asker{{q, p.at}}
		alone, known, err := p.shard.ask(job)
		switch {
		case err != nil:
			q.end(p.at, Verdict{}, err)
		case known != nil:
			e.recall(p.shard, *known, asker{q, p.at})
		case alone:
			passes = enqueue(passes, job)
		}
	}
	for _, w := range passes {
		w.device().submit(w)
	}
	return q.call
}

// enqueue adds the job to the pass of its device and class.
func enqueue(passes []*digestWork, job *digestJob) []*digestWork {
	cls := verifyClass(job.shard.spec.Size)
	for _, w := range passes {
		if w.cls == cls && w.device() == job.shard.device && w.merge(newDigestWork(cls, job)) {
			return passes
		}
	}
	return append(passes, newDigestWork(cls, job))
}

// ask has the job answered by a pass that has not begun: by its own, if alone is
// true, which is then to be queued, or by one that waits already. A shard whose
// failure is known, or that does not serve, is not digested.
func (s *shard) ask(job *digestJob) (alone bool, known *Failure, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase == phaseSealed && s.failure != nil {
		f := *s.failure
		return false, &f, nil
	}
	if err := s.usable(); err != nil {
		return false, nil, err
	}
	return s.join(job), nil, nil
}

// join adds who asked to the check that waits and has not begun, or makes the
// job that check and reports true. The caller holds the lock.
func (s *shard) join(job *digestJob) bool {
	if s.next != nil {
		s.next.asked = append(s.next.asked, job.asked...)
		return false
	}
	s.next = job
	s.checks++
	if s.state == seal.StateSealed {
		s.state = seal.StateVerifying
	}
	return true
}

// begins says that the job's pass begins, so that nobody joins it any more, and
// returns how far the shard has come.
func (s *shard) begins(job *digestJob) phase {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == job {
		s.next = nil
	}
	return s.phase
}

// ends says that the check is over, and returns who asked.
func (s *shard) ends(job *digestJob) []asker {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == job {
		s.next = nil
	}
	s.checks--
	if s.checks == 0 && s.state == seal.StateVerifying {
		s.state = seal.StateSealed
	}
	return job.asked
}
