package actors

import (
	"crypto/sha256"
	"hash"
	"io"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// patrolWork digests all serving shards of a device, batch by batch, with the
// lowest priority unless there is a reason to hurry. While a batch is digested,
// the one before is judged.
type patrolWork struct {
	cls    class
	shards []*shard
	batch  *digestWork
	tally  *tally
}

// patrolled is what a device found on its patrol.
type patrolled struct {
	pass   uint64 // which patrol
	Shards int
	Failed int
	Bytes  gpu.Bytes
	Root   [32]byte // SHA-256 over lines "ID DIGEST\n" of the intact shards, by id
	took   time.Duration
	err    error
}

// tally sums up a patrol. It belongs to the judge, and to whoever ends it early.
type tally struct {
	mu   sync.Mutex
	done func(patrolled) // told once
	over bool
	sum  patrolled
	root hash.Hash
	from time.Time // when its first batch was cut
}

// patrolFound is what a batch of a patrol found; after the last there is one
// without jobs.
type patrolFound struct {
	tally *tally
	jobs  []*digestJob
	last  bool
}

func (m patrolFound) fail(err error) { m.tally.end(err) }

func (m patrolFound) settle(e *env) {
	e.judge(m.jobs, func(j *digestJob, f *Failure, err error) {
		if err := m.tally.add(e, j, f, err); err != nil {
			m.tally.end(err)
		}
	})
	if m.last {
		m.tally.end(nil)
	}
}

func newPatrolWork(pass uint64, shards []*shard, done func(patrolled)) *patrolWork {
	return &patrolWork{cls: classPatrol, shards: shards, tally: &tally{done: done, root: sha256.New(), sum: patrolled{pass: pass}}}
}

func (w *patrolWork) class() class { return w.cls }

func (w *patrolWork) fail(err error) {
	if w.batch != nil {
		w.batch.fail(err)
	}
	w.tally.end(err)
}

func (w *patrolWork) abandon(d *device) {
	if w.batch != nil {
		w.batch.unpin(d)
	}
}

func (w *patrolWork) step(d *device, slice time.Duration) bool {
	if w.batch == nil && !w.cut() {
		d.rec.court.hear(d.env, patrolFound{tally: w.tally, last: true})
		return true
	}
	done, err := w.batch.advance(d, slice)
	if err != nil {
		w.abandon(d)
		w.fail(deviceError("", err))
		return true
	}
	if !done {
		return false
	}
	w.batch.unpin(d)
	d.rec.court.hear(d.env, patrolFound{tally: w.tally, jobs: w.batch.jobs})
	w.batch = nil
	return w.tally.ended()
}

// cut takes the next shards that serve into a batch, or reports that there
// are none left.
func (w *patrolWork) cut() bool {
	w.tally.begin()
	w.batch = newDigestWork(w.cls)
	for len(w.shards) > 0 {
		s := w.shards[0]
		if s.serves() != nil {
			w.shards = w.shards[1:]
			continue
		}
		job := &digestJob{shard: s, done: func(*digestJob) {}}
		if len(w.batch.jobs) > 0 && !w.batch.merge(newDigestWork(w.cls, job)) {
			break
		}
		if len(w.batch.jobs) == 0 {
			w.batch = newDigestWork(w.cls, job)
		}
		w.shards = w.shards[1:]
	}
	return len(w.batch.jobs) > 0
}

// add counts one shard. One that was released meanwhile does not count.
func (t *tally) add(e *env, j *digestJob, failure *Failure, err error) error {
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrNotSealed):
		return nil
	case err != nil:
		return err
	case failure != nil:
		e.found(j.shard, *failure)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sum.Shards++
	t.sum.Bytes = t.sum.Bytes.AddSat(j.shard.spec.Size)
	if failure != nil {
		t.sum.Failed++
		return nil
	}
	_, err = io.WriteString(t.root, j.shard.spec.ID+" "+hexDigest(j.digest)+"\n")
	return err
}

// begin notes when the patrol began, once.
func (t *tally) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.from.IsZero() {
		t.from = time.Now()
	}
}

// end tells the sum, once.
func (t *tally) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.over, t.sum.err, t.sum.took = true, err, time.Since(t.from)
	if err == nil {
		t.root.Sum(t.sum.Root[:0])
	}
	t.done(t.sum)
}

func (t *tally) ended() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over
}
