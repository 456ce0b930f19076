package audit

import (
	"context"
	"slices"
	"time"

	"github.com/cockroachdb/errors"
)

// item is a place in the queue: a record, or the mark of a Flush.
type item struct {
	record Record
	marker bool // no record
	// done takes the outcome for whoever waits; nil for an emitted record.
	done chan outcome
}

type outcome struct {
	seq uint64
	err error
}

func (i *item) waited() bool { return i.done != nil }

// Emit queues records, in their order and with none between them, and returns at
// once; it never waits for the disk. They become durable with the next batch: at
// once when one is critical, else within Options.FlushEvery. While the log is
// unavailable, queued records are kept and written when it is available again.
// The slice is not kept.
//
// Errors: ErrFull, and those records are dropped for which there was no room;
// ErrClosed; ErrInvalid for a Record that no constructor made, and nothing is
// queued.
func (l *Log) Emit(records ...Record) error {
	urgent := false
	for _, r := range records {
		if !r.valid() {
			return fail(ErrInvalid, nil, "the record was not made by a constructor of its kind")
		}
		urgent = urgent || r.severity == SeverityCritical
	}
	items := make([]item, len(records))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return ErrClosed
	}
	if urgent || len(l.queue) == 0 || len(l.queue)+len(records) >= maxBatchRecords {
		l.signal() // it looks when the lock is free
	}
	for i, r := range records {
		l.noteDropped()
		if len(l.queue) >= l.options.MaxQueue {
			dropped := uint64(len(records[i:]))
			l.dropped += dropped
			l.stats.Dropped += dropped
			return ErrFull
		}
		items[i].record = r
		l.push(&items[i])
	}
	return nil
}

// Write writes everything that was queued before, then the record, and returns
// its sequence number when it is durable and the signed head covers it. It
// blocks until then or until ctx ends, and is not refused by a full queue.
//
// Errors: ErrUnavailable with its cause, also when the deadline of ctx passed;
// the cause alone when ctx was cancelled; ErrClosed; ErrInvalid. After an error
// the record was not acknowledged, and is normally not in the log; where its
// line had become durable already, it stays, and where the head did not cover it
// an AuditRecovered record counts it as unacknowledged.
func (l *Log) Write(ctx context.Context, r Record) (uint64, error) {
	if !r.valid() {
		return 0, fail(ErrInvalid, nil, "the record was not made by a constructor of its kind")
	}
	return l.wait(ctx, &item{record: r, done: make(chan outcome, 1)})
}

// Flush makes everything durable that was queued before it. It blocks until
// then or until ctx ends. When the log is unavailable, it tries again at once.
//
// Errors: as Write.
func (l *Log) Flush(ctx context.Context) error {
	_, err := l.wait(ctx, &item{marker: true, done: make(chan outcome, 1)})
	return err
}

// wait queues the item and waits for its outcome.
func (l *Log) wait(ctx context.Context, i *item) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, late(err)
	}
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return 0, ErrClosed
	}
	l.noteDropped()
	l.push(i)
	l.mu.Unlock()
	l.signal()
	select {
	case out := <-i.done:
		return out.seq, out.err
	case <-ctx.Done():
		l.withdraw(i)
	}
	select {
	case out := <-i.done: // both happened: the outcome is the better answer
		return out.seq, out.err
	default:
		return 0, late(ctx.Err())
	}
}

// withdraw takes the item back if it is not being written.
func (l *Log) withdraw(i *item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = slices.DeleteFunc(l.queue, func(q *item) bool { return q == i })
}

// late is the error of whoever could not wait any longer.
func late(cause error) error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return fail(ErrUnavailable, cause, "the record was not durable in time; look at the disk under the log")
	}
	return cause
}

// push appends to the queue. The caller holds the lock.
func (l *Log) push(i *item) {
	if len(l.queue) == 0 {
		l.oldest = time.Now()
	}
	l.queue = append(l.queue, i)
}

// noteDropped puts the record of a gap in its place, as soon as there is room.
// The caller holds the lock.
func (l *Log) noteDropped() {
	if l.dropped == 0 || len(l.queue) >= l.options.MaxQueue {
		return
	}
	l.push(&item{record: auditDropped(l.dropped)})
	l.dropped = 0
}
