package actors

import (
	"context"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
)

// Receipt says what was checked before a callback ran, and when.
type Receipt struct {
	Device       int
	Kind         gpu.Kind
	Shards       []ShardDigest
	Check        string    // "before": a full pass after the request arrived
	CheckStarted time.Time // when the pass over the shards began
	CheckedBytes gpu.Bytes // how many bytes it digested
	CheckTook    time.Duration
	RunTook      time.Duration // callback and its kernels
}

// ShardDigest names a shard and what it was verified to be.
type ShardDigest struct {
	ID     string
	Digest string // 64 hexadecimal digits
}

// executeWork checks shards and runs a callback on their device, with no other
// callback in between. It is never merged: one callback, one pass.
type executeWork struct {
	call   *call
	shards []*shard
	fn     func(context.Context, *Run) error

	check    *digestWork
	jobs     []*digestJob
	ran      bool
	run      *Run
	runStart time.Time
	runErr   error // what the device said of the callback's kernels
	fnErr    error
	receipt  Receipt

	idleFailures int
}

func newExecuteWork(c *call, shards []*shard, fn func(context.Context, *Run) error) *executeWork {
	w := &executeWork{call: c, shards: shards, fn: fn}
	for _, s := range shards {
		w.jobs = append(w.jobs, &digestJob{shard: s, done: func(*digestJob) {}})
	}
	w.check = newDigestWork(classExecute, w.jobs...)
	return w
}

func (w *executeWork) class() class { return classExecute }

func (w *executeWork) fail(err error) {
	w.check.fail(err)
	w.call.answer(nil, err)
}

func (w *executeWork) step(d *device, slice time.Duration) bool {
	if !w.ran {
		return w.stepCheck(d, slice)
	}
	if !w.idle(d, slice) {
		return false
	}
	w.conclude(d)
	w.unpin(d)
	return true
}

// unpin lets go of the shards, which stay pinned from the check until the
// callback's kernels have finished.
func (w *executeWork) unpin(d *device) { w.check.unpin(d) }

// maxIdleFailures is how often the device may fail to say whether kernels run
// before it is not believed any more.
const maxIdleFailures = 3

// idle reports whether what the callback launched is over. An error that a
// device survives may be a kernel's, and does not say that nothing runs.
func (w *executeWork) idle(d *device, slice time.Duration) bool {
	idle, err := d.rec.dev.Idle(slice)
	if err == nil {
		return idle
	}
	w.runErr = errors.CombineErrors(w.runErr, d.driver(err))
	if gpu.IsSticky(err) {
		return true
	}
	if w.idleFailures++; w.idleFailures < maxIdleFailures {
		return false
	}
	d.quarantine("it does not say whether kernels are running")
	return true
}

// abandon waits for the kernels of a callback whose device's actor crashed,
// and wipes the scratch memory that they worked with.
func (w *executeWork) abandon(d *device) {
	if w.run != nil {
		w.run.over = true
		for !w.idle(d, d.sliceTime()) {
			continue
		}
		w.runErr = errors.CombineErrors(w.runErr, d.cleanScratch(w.run.used))
	}
	w.unpin(d)
}

// stepCheck digests the shards for one slice and, when all are intact, runs
// the callback at once.
func (w *executeWork) stepCheck(d *device, slice time.Duration) bool {
	if err := w.admitted(d); err != nil {
		w.unpin(d)
		w.fail(err)
		return true
	}
	done, err := w.check.advance(d, slice)
	if err != nil {
		w.unpin(d)
		w.fail(deviceError("", err))
		return true
	}
	if !done {
		return false
	}
	if !w.intact(d) {
		w.unpin(d)
		return true
	}
	w.ran, w.runStart = true, time.Now()
	w.run = newRun(d, w.shards)
	d.rec.runs++
	d.rec.scratching = true
	w.fnErr = w.callback(d)
	w.run.over = true
	return false
}

// admitted asks again, before every slice of the check, whether the callback
// may still run.
func (w *executeWork) admitted(d *device) error {
	if w.call.ended() {
		return errors.Wrap(w.call.ctx.Err(), "execute was given up")
	}
	if err := d.env.worker.serves(); err != nil {
		return err
	}
	if err := d.rec.serves(); err != nil {
		return err
	}
	for _, s := range w.shards {
		if err := s.serves(); err != nil {
			return err
		}
	}
	return nil
}

// intact judges the jobs. What failed is reported; the first incident answers
// the call once it is recorded.
func (w *executeWork) intact(d *device) bool {
	asker := w.call
	d.env.judge(w.jobs, func(j *digestJob, f *Failure, err error) {
		switch {
		case err != nil && asker != nil:
			asker.answer(nil, err)
			asker = nil
		case f != nil:
			var waits []*call
			if asker != nil {
				waits = append(waits, asker)
			}
			d.env.found(j.shard, *f, waits...)
			asker = nil
		case err == nil:
			w.receipt.Shards = append(w.receipt.Shards, ShardDigest{j.shard.spec.ID, hexDigest(j.digest)})
			w.receipt.CheckedBytes = w.receipt.CheckedBytes.AddSat(j.shard.spec.Size)
			w.receipt.CheckStarted, w.receipt.CheckTook = j.started, j.took
			d.env.emit(j.record("before"))
		}
	})
	return asker != nil
}

// callback runs the user's function. Its panic becomes an error; if it ends
// the goroutine (runtime.Goexit) the device's thread is gone with it, so the
// device is lost: the asker is answered while the goroutine unwinds.
func (w *executeWork) callback(d *device) (err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if r := recover(); r != nil {
			// The panic's value may hold anything: only its type is told.
			err = fail(ErrCallback, "", "it panicked with a value of type %T", r)
			return
		}
		w.call.answer(nil, fail(ErrCallback, "", "it ended the device's goroutine (runtime.Goexit)"))
		d.lose(fail(ErrCallback, "", "a callback ended the device's thread"))
		d.env.bury(d.self)
	}()
	err = w.fn(insideRun(w.call.ctx), w.run)
	returned = true
	return err
}

// conclude wipes the scratch memory and answers.
func (w *executeWork) conclude(d *device) {
	err := errors.CombineErrors(w.runErr, d.cleanScratch(w.run.used))
	w.receipt.Device, w.receipt.Kind, w.receipt.Check = d.rec.index, d.rec.info.Kind, "before"
	w.receipt.RunTook = time.Since(w.runStart)
	d.env.emit(audit.Executed(strconv.FormatUint(w.call.id, 10), ids(w.shards), d.rec.index, "before", executeResult(err, w.fnErr), w.receipt.RunTook))
	switch {
	case err != nil:
		w.call.answer(nil, deviceError("", err))
	case w.fnErr != nil:
		w.call.answer(nil, callbackFailed(w.fnErr))
	default:
		w.call.answer(w.receipt, nil)
	}
}

func callbackFailed(err error) error {
	var ours *Error
	if errors.As(err, &ours) {
		return err
	}
	return wrap(ErrCallback, "", err)
}

func executeResult(err, fnErr error) string {
	if err != nil || fnErr != nil {
		return audit.ResultFailure
	}
	return audit.ResultSuccess
}

func ids(shards []*shard) []string {
	s := make([]string, 0, len(shards))
	for _, x := range shards {
		s = append(s, x.spec.ID)
	}
	return s
}

func hexDigest(d [32]byte) string { return hex.EncodeToString(d[:]) }

type insideRunKey struct{}

func insideRun(ctx context.Context) context.Context {
	return context.WithValue(ctx, insideRunKey{}, true)
}

// IsInsideRun reports whether ctx was given to an Execute callback.
func IsInsideRun(ctx context.Context) bool { return ctx.Value(insideRunKey{}) != nil }
