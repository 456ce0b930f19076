package audit

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/cockroachdb/errors"
)

// Log is an open audit log. It is made by Open and must be closed. All methods
// are safe for concurrent use.
type Log struct {
	options Options
	unlock  io.Closer
	wake    chan struct{} // capacity 1: there may be something to do
	stopped chan struct{} // closed when the writer has closed the files

	mu       sync.Mutex
	queue    []*item
	oldest   time.Time // when the first item of the queue came
	closing  bool
	closeErr error // set before stopped is closed
	recovery recovery
	failure  error     // of the last commit
	retryAt  time.Time // when a failed log is tried again unasked
	dropped  uint64    // since the last AuditDropped record
	stats    Stats

	// Only the writer goroutine uses the store.
	store *store
}

// Stats are figures of a log.
type Stats struct {
	LastSeq        uint64 `json:"last_seq"` // of the last acknowledged record
	Bytes          uint64 `json:"bytes"`    // of all acknowledged lines
	Queued         int    `json:"queued"`
	Dropped        uint64 `json:"dropped"`  // records refused by a full queue since Open
	Failures       uint64 `json:"failures"` // batches that could not be written since Open
	KeyFingerprint string `json:"key_fingerprint"`
}

// Open opens the log in o.Dir, or creates it, and becomes its only writer until
// Close. It reads and checks the whole log, and blocks on the disk meanwhile;
// its memory does not grow with the log. What a crash left is cut or kept as
// Recovered says, and recorded. A log that stands on a full disk opens and is
// unavailable until there is space.
//
// Errors: ErrLocked; ErrTampered, with a *TamperError; ErrTruncated;
// ErrOtherKey; ErrInvalid for unusable options; ErrUnavailable.
func Open(o Options) (*Log, Recovered, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, Recovered{}, err
	}
	if err := prepareDir(o.Dir); err != nil {
		return nil, Recovered{}, err
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, Recovered{}, err
	}
	l, found, err := open(o, disk{o.Dir}, lock)
	if err != nil {
		return nil, Recovered{}, errors.Join(err, lock.Close())
	}
	return l, found, nil
}

// open works on any directory. On success the log owns unlock.
func open(o Options, dir files, unlock io.Closer) (*Log, Recovered, error) {
	s, found, err := load(dir, o)
	if err != nil {
		return nil, Recovered{}, err
	}
	l := &Log{
		options: o, unlock: unlock, store: s,
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
		recovery: afterOpen(found),
		stats:    Stats{LastSeq: s.chain.seq(), Bytes: s.chain.total, KeyFingerprint: Fingerprint(o.Signer.PublicKey())},
	}
	if l.recovery.pending() {
		l.commit(nil)
	}
	go l.run()
	return l, found, nil
}

// Healthy returns nil when the last batch became durable, else an
// ErrUnavailable with its cause. It does not block on the disk.
func (l *Log) Healthy() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return ErrClosed
	}
	return l.failure
}

// Stats returns the log's figures now. It does not block on the disk.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.Queued = len(l.queue)
	return s
}

// Close refuses new records, writes the queued ones, closes the files and gives
// the lock back. It blocks on the disk until ctx ends; the log is then closed
// as soon as the disk answers. It may be called again, with the same result.
//
// Errors: ErrUnavailable when queued records could not be written and are lost,
// or when ctx ended first.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	l.signal()
	select {
	case <-l.stopped:
		return l.closeErr
	case <-ctx.Done():
		return fail(ErrUnavailable, ctx.Err(), "the disk did not answer before the log had to be closed")
	}
}

// signal wakes the writer.
func (l *Log) signal() {
	select {
	case l.wake <- struct{}{}:
	default: // it was woken already
	}
}
