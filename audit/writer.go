package audit

import (
	"slices"
	"time"

	"github.com/cockroachdb/errors"
)

// run is the writer: the only goroutine that touches the store. It ends after
// Close, with one more attempt for what is queued.
func (l *Log) run() {
	defer close(l.stopped)
	timer := time.NewTimer(l.options.RetryEvery)
	defer timer.Stop()
	for {
		work, wait, closing := l.next(time.Now())
		switch {
		case work != nil || closing:
			ok := l.commit(work)
			if closing && (!ok || !l.more()) {
				l.shut()
				return
			}
		case wait < 0:
			<-l.wake
		default:
			timer.Reset(wait)
			select {
			case <-l.wake:
			case <-timer.C:
			}
		}
	}
}

// next takes a batch from the queue if it is time to write one. Otherwise wait
// is how long there is nothing to do; below zero, until somebody wakes us.
func (l *Log) next(now time.Time) (work []*item, wait time.Duration, closing bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.noteDropped()
	}
	idle := len(l.queue) == 0 && !l.recovery.pending()
	switch {
	case l.closing:
		return l.take(), 0, true
	case idle:
		return nil, -1, false
	case slices.ContainsFunc(l.queue, (*item).waited):
	case l.failure != nil:
		if now.Before(l.retryAt) {
			return nil, l.retryAt.Sub(now), false
		}
	case slices.ContainsFunc(l.queue, func(i *item) bool { return i.record.severity == SeverityCritical }):
	default:
		if due := l.oldest.Add(l.options.FlushEvery); now.Before(due) && len(l.queue) < maxBatchRecords {
			return nil, due.Sub(now), false
		}
	}
	return l.take(), 0, false
}

// take removes the next batch from the queue. The caller holds the lock.
func (l *Log) take() []*item {
	n, weight := 0, 0
	for _, i := range l.queue {
		weight += i.record.weight()
		if n > 0 && (n >= maxBatchRecords || weight > maxBatchBytes) {
			break
		}
		n++
	}
	work := slices.Clone(l.queue[:n])
	l.queue = slices.Delete(l.queue, 0, n)
	if work == nil {
		work = []*item{} // a recovery may have to be recorded alone
	}
	return work
}

// commit writes a batch, led by the record of what happened to the log, and
// answers whoever waits. It reports whether the batch is durable.
func (l *Log) commit(work []*item) bool {
	l.mu.Lock()
	lead := l.recovery
	l.mu.Unlock()
	records := make([]Record, 0, len(work)+1)
	if lead.pending() {
		records = append(records, auditRecovered(lead))
	}
	leading := len(records)
	for _, i := range work {
		if !i.marker {
			records = append(records, i.record)
		}
	}
	if len(records) == 0 {
		l.answer(work, 0, nil)
		return true
	}
	out, err := l.store.commit(records)
	if err != nil {
		l.failed(work, out, len(records), err)
		return false
	}
	l.mu.Lock()
	l.failure, l.recovery = nil, recovery{}
	l.stats.LastSeq, l.stats.Bytes = l.store.chain.seq(), l.store.chain.total
	l.mu.Unlock()
	l.answer(work, out.first+uint64(leading), nil)
	return true
}

// failed keeps what was only emitted, and refuses whoever waits.
func (l *Log) failed(work []*item, out committed, records int, cause error) {
	err := fail(ErrUnavailable, cause, "free space in %s or look at its disk; the log goes on by itself", l.options.Dir)
	l.mu.Lock()
	l.failure = err
	l.stats.Failures++
	l.retryAt = time.Now().Add(l.options.RetryEvery)
	if out.settled {
		// The lines stand, the one about the last recovery among them.
		l.recovery = recovery{}.failed(records)
	} else {
		l.recovery = l.recovery.failed(0)
		kept := slices.DeleteFunc(slices.Clone(work), (*item).waited)
		l.queue = slices.Insert(l.queue, 0, kept...)
	}
	l.mu.Unlock()
	l.answer(work, 0, err)
}

// answer tells the outcome to those who wait. first is the number of the first
// record of the work.
func (l *Log) answer(work []*item, first uint64, err error) {
	seq := first
	for _, i := range work {
		out := outcome{err: err}
		if !i.marker && err == nil {
			out.seq = seq
			seq++
		}
		if i.waited() {
			i.done <- out // never blocks: it has room for its one answer
		}
	}
}

// more reports whether a closing log has something left to write.
func (l *Log) more() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue) > 0 || l.dropped > 0
}

// shut closes the files and gives the lock back.
func (l *Log) shut() {
	err := errors.Join(l.store.close(), l.unlock.Close())
	if err != nil {
		err = fail(ErrUnavailable, err, "the files of the log could not be closed")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lost := len(l.queue)
	for _, i := range l.queue {
		if i.waited() {
			i.done <- outcome{err: ErrClosed}
		}
	}
	l.queue = nil
	if lost > 0 {
		err = errors.Join(fail(ErrUnavailable, l.failure, "%d queued records could not be written and are lost", lost), err)
	}
	l.closeErr = err
}
