package actors

import (
	"sync"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// class orders the work of a device's thread. A lower one goes first, but
// every class that has work gets a floor: see queue.next.
type class int

// The classes of DESIGN: control, execute, verify-before-execute (the check is
// a part of the execute item), verify, seal, patrol. Verifies come in two
// lanes, so that a check of 4 KiB never waits for a pass over 80 GB.
const (
	classControl class = iota
	classExecute
	classVerifySmall
	classVerifyLarge
	classSeal
	classPatrol
	classCount
)

// smallCheck is the size up to which a digest goes into the small lane.
const smallCheck = 4 * gpu.MiB

func verifyClass(size gpu.Bytes) class {
	if size <= smallCheck {
		return classVerifySmall
	}
	return classVerifyLarge
}

// work is something to do on a device's thread, in slices.
type work interface {
	class() class
	// step does about d of the work and reports whether it is finished. It
	// has then told whoever waits. It runs on the device's thread.
	step(d *device, slice time.Duration) (done bool)
	// fail tells whoever waits that the work will not be done, or not any
	// further. It may run on any goroutine, but never during a step.
	fail(err error)
}

// merger is work that can take more of its kind along before it has started.
type merger interface {
	work
	// merge takes w along, or reports that it does not fit.
	merge(w work) bool
}

// queue is what waits for a device's thread. It is a plain struct that
// outlives the actor: a crash loses at most the slice that crashed. It is safe
// for concurrent use, except that next and finish belong to the thread.
type queue struct {
	mu      sync.Mutex
	waiting [classCount][]work
	current [classCount]work // started and not finished
	picks   int
	floor   class // whose turn is next when a floor pick is due
	closed  error // why nothing is taken any more
}

// floorEvery is how often a slice goes to the next class in turn rather than
// to the highest: no class gets less than 1/(floorEvery*classCount).
const floorEvery = 8

// add queues the work. After close it is told so at once.
func (q *queue) add(w work) {
	q.mu.Lock()
	closed := q.closed
	if closed == nil {
		q.waiting[w.class()] = append(q.waiting[w.class()], w)
	}
	q.mu.Unlock()
	if closed != nil {
		w.fail(closed)
	}
}

// next returns what the next slice is for, or nil.
func (q *queue) next() work {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.picks++
	if q.picks%floorEvery == 0 {
		for range classCount {
			q.floor = (q.floor + 1) % classCount
			if w := q.of(q.floor); w != nil {
				return w
			}
		}
		return nil
	}
	for c := range classCount {
		if w := q.of(c); w != nil {
			return w
		}
	}
	return nil
}

// of returns the current work of the class, starting the next if there is
// none, together with all that it can merge.
func (q *queue) of(c class) work {
	if w := q.current[c]; w != nil {
		return w
	}
	list := q.waiting[c]
	if len(list) == 0 {
		return nil
	}
	first, rest := list[0], list[1:]
	if m, ok := first.(merger); ok {
		kept := make([]work, 0, len(rest))
		for _, w := range rest {
			if !m.merge(w) {
				kept = append(kept, w)
			}
		}
		rest = kept
	}
	q.waiting[c] = rest
	q.current[c] = first
	return first
}

// finish says that the current work w is done.
func (q *queue) finish(w work) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.current[w.class()] == w {
		q.current[w.class()] = nil
	}
}

// takeCurrent empties the current work: what a crash may have left half done.
func (q *queue) takeCurrent() []work {
	q.mu.Lock()
	defer q.mu.Unlock()
	var half []work
	for c, w := range q.current {
		if w != nil {
			half = append(half, w)
			q.current[c] = nil
		}
	}
	return half
}

// close refuses all later work and fails what is there, for the reason given.
func (q *queue) close(reason error) {
	q.mu.Lock()
	q.closed = reason
	var left []work
	for c := range classCount {
		if w := q.current[c]; w != nil {
			left = append(left, w)
		}
		left = append(left, q.waiting[c]...)
		q.current[c], q.waiting[c] = nil, nil
	}
	q.mu.Unlock()
	for _, w := range left {
		w.fail(reason)
	}
}
