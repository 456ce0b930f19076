package actors

import (
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
)

// redigest says how far a device is with digesting again all that is resident,
// because its driver reported something. One pass runs at a time; whatever is
// reported during it is one more pass. It is safe for concurrent use.
type redigest struct {
	mu      sync.Mutex
	running bool
	again   bool // something was reported since the last pass began
	tries   int  // of the pass that runs, or follows one that failed
	timer   *time.Timer
	closed  bool
}

// redigestTries is how often a pass is tried that fails. redigestPause lies
// between two passes: reports that come thick and fast leave the device time for
// others, and the log some room.
const (
	redigestTries = 3
	redigestPause = time.Second
)

// ask asks for a pass. begin says that it is to be begun; news, that this was
// not asked before.
func (r *redigest) ask() (begin, news bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.running {
		r.running, r.tries = true, 1
		return true, true
	}
	news = !r.again
	r.again = true
	return false, news
}

// begins says that a pass begins: what was reported before is served by it.
func (r *redigest) begins() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.again = false
}

// over ends a pass, and says whether another is to be begun: because it failed,
// or because something was reported. When the device does not serve any more,
// none is.
func (r *redigest) over(failed, serves bool) (begin bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !serves:
	case failed && r.tries < redigestTries:
		r.tries++
		return true
	case r.again:
		r.tries = 1
		return true
	}
	r.running, r.again = false, false
	return false
}

// later calls fn after the pause, unless all is over by then.
func (r *redigest) later(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.timer = time.AfterFunc(redigestPause, fn)
	}
}

// close begins no more passes.
func (r *redigest) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
}

// redigest has all that is resident on the device digested again, ahead of the
// patrol. Until it was, nothing is known of it. A shard that is being sealed
// verifies itself when it is sealed.
func (e *env) redigest(r *deviceRecord) {
	begin, news := r.chart.redigest.ask()
	if !news {
		return
	}
	for _, s := range e.shards.list(func(s *shard) bool { return s.device == r }) {
		s.doubt()
	}
	if begin {
		e.beginRedigest(r)
	}
}

// beginRedigest queues a pass. It may be called from any goroutine.
func (e *env) beginRedigest(r *deviceRecord) {
	r.chart.redigest.begins()
	shards := e.shards.list(func(s *shard) bool { return s.device == r })
	w := newPatrolWork(0, shards, func(p patrolled) { e.redigested(r, p) })
	w.cls = classVerifyLarge
	r.submit(w)
}

// redigested records the pass, and has another begun if there is a reason.
func (e *env) redigested(r *deviceRecord, p patrolled) {
	if p.err == nil && p.Shards > 0 {
		e.emit(audit.PatrolPass(p.Shards, p.Failed, uint64(p.Bytes), hexDigest(p.Root), p.took))
	}
	over := errors.Is(p.err, ErrDeviceLost) || errors.Is(p.err, ErrClosed)
	if p.err != nil && !over {
		e.log.Warn("what is resident could not be digested again after a report of its device's health",
			"gpu_device", r.index, "error", p.err.Error())
	}
	serves := !over && r.serves() == nil
	if r.chart.redigest.over(p.err != nil, serves) {
		r.chart.redigest.later(func() { e.beginRedigest(r) })
	}
}
