package actors

import (
	"crypto/sha256"
	"hash"
	"io"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// patrolWork digests all serving shards of a device, batch by batch, with the
// lowest priority.
type patrolWork struct {
	shards []*shard
	done   func(patrolled) // told once

	batch *digestWork
	sum   patrolled
	root  hash.Hash
}

// patrolled is what a device found on its patrol.
type patrolled struct {
	pass   uint64 // which patrol
	Shards int
	Failed int
	Bytes  gpu.Bytes
	Root   [32]byte // SHA-256 over lines "ID DIGEST\n" of the intact shards, by id
	err    error
}

func newPatrolWork(pass uint64, shards []*shard, done func(patrolled)) *patrolWork {
	return &patrolWork{shards: shards, done: done, root: sha256.New(), sum: patrolled{pass: pass}}
}

func (w *patrolWork) class() class { return classPatrol }

func (w *patrolWork) fail(err error) {
	if w.batch != nil {
		w.batch.fail(err)
	}
	w.sum.err = err
	w.done(w.sum)
}

func (w *patrolWork) abandon(d *device) {
	if w.batch != nil {
		w.batch.unpin(d)
	}
}

func (w *patrolWork) step(d *device, slice time.Duration) bool {
	if w.batch == nil && !w.cut() {
		w.root.Sum(w.sum.Root[:0])
		w.done(w.sum)
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
	for _, j := range w.batch.jobs {
		if err := w.judge(d, j); err != nil {
			w.fail(err)
			return true
		}
	}
	w.batch = nil
	return false
}

// cut takes the next shards that serve into a batch, or reports that there
// are none left.
func (w *patrolWork) cut() bool {
	w.batch = newDigestWork(classPatrol)
	for len(w.shards) > 0 {
		s := w.shards[0]
		if s.serves() != nil {
			w.shards = w.shards[1:]
			continue
		}
		job := &digestJob{shard: s, done: func(*digestJob) {}}
		if len(w.batch.jobs) > 0 && !w.batch.merge(newDigestWork(classPatrol, job)) {
			break
		}
		if len(w.batch.jobs) == 0 {
			w.batch = newDigestWork(classPatrol, job)
		}
		w.shards = w.shards[1:]
	}
	return len(w.batch.jobs) > 0
}

// judge counts one shard. One that was released meanwhile does not count.
func (w *patrolWork) judge(d *device, j *digestJob) error {
	failure, err := j.judge(d.env)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrNotSealed):
		return nil
	case err != nil:
		return err
	}
	w.sum.Shards++
	w.sum.Bytes = w.sum.Bytes.AddSat(j.shard.spec.Size)
	if failure != nil {
		w.sum.Failed++
		j.shard.failed(*failure)
		j.shard.tell(mismatchFound{failure: *failure})
		return nil
	}
	_, err = io.WriteString(w.root, j.shard.spec.ID+" "+hexDigest(j.digest)+"\n")
	return err
}
