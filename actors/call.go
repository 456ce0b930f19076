package actors

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/cockroachdb/errors"
)

// outcome is what a call is answered with.
type outcome struct {
	value any
	err   error
}

// call is one request from outside that is answered exactly once: by the actor
// that serves it, by the one that takes over after a crash, or by the table
// when there is nobody left who could.
type call struct {
	ctx   context.Context
	unit  string // the actor that it was sent to
	op    string
	table *calls
	id    uint64
	outer bool             // counts against the limit
	then  func(any, error) // told of the answer, if set; it must not block
	once  sync.Once
	done  chan outcome // capacity 1
}

// answer answers the call. Only the first answer counts.
func (c *call) answer(value any, err error) {
	c.once.Do(func() {
		c.table.remove(c)
		if c.then != nil {
			c.then(value, err)
		}
		c.done <- outcome{value, err}
	})
}

// move says that another actor serves the call from now on.
func (c *call) move(unit string) {
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	if _, live := c.table.live[c.id]; !live {
		return
	}
	c.table.leave(c)
	c.unit = unit
	c.table.join(c)
}

// ended reports whether nobody waits for the answer any more.
func (c *call) ended() bool { return c.ctx.Err() != nil }

// calls is the table of the pending requests. It outlives every actor.
type calls struct {
	limit int

	mu     sync.Mutex
	last   uint64
	live   map[uint64]*call
	units  map[string]map[*call]struct{} // the same, by the actor they wait for
	outer  int                           // those that were admitted from outside
	closed bool                          // no new calls
	idle   chan struct{}                 // closed when closed and nothing is pending
}

func newCalls(limit int) *calls {
	return &calls{limit: limit, live: map[uint64]*call{}, units: map[string]map[*call]struct{}{}, idle: make(chan struct{})}
}

// open enters a request, or refuses it when too many are waiting.
func (t *calls) open(ctx context.Context, unit, op string) (*call, error) {
	if err := ctx.Err(); err != nil {
		return nil, errors.WithStack(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, fail(ErrClosed, "", "%s was refused", op)
	}
	if t.outer >= t.limit {
		return nil, fail(ErrOverloaded, "", "%d requests are waiting; try again later", t.outer)
	}
	t.outer++
	c := t.enter(ctx, unit, op)
	c.outer = true
	return c, nil
}

// inner enters a part of a request that was admitted before.
func (t *calls) inner(ctx context.Context, unit, op string) *call {
	return t.innerThen(ctx, unit, op, nil)
}

// innerThen is inner for a part that nobody awaits: then is told of the answer,
// on the goroutine that answers.
func (t *calls) innerThen(ctx context.Context, unit, op string, then func(any, error)) *call {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.enter(ctx, unit, op)
	c.then = then
	return c
}

func (t *calls) enter(ctx context.Context, unit, op string) *call {
	t.last++
	c := &call{ctx: ctx, unit: unit, op: op, table: t, id: t.last, done: make(chan outcome, 1)}
	t.live[c.id] = c
	t.join(c)
	return c
}

func (t *calls) remove(c *call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.live[c.id]; !ok {
		return
	}
	delete(t.live, c.id)
	t.leave(c)
	if c.outer {
		t.outer--
	}
	if t.closed && len(t.live) == 0 {
		t.settle()
	}
}

// settle closes idle, once. The caller holds the lock.
func (t *calls) settle() {
	select {
	case <-t.idle:
	default:
		close(t.idle)
	}
}

// refuses reports whether the table was closed.
func (t *calls) refuses() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

// failUnit answers everything that waits for the unit.
func (t *calls) failUnit(unit string, err error) {
	t.mu.Lock()
	waiting := slices.Collect(maps.Keys(t.units[unit]))
	t.mu.Unlock()
	for _, c := range waiting {
		c.answer(nil, err)
	}
}

// failAll answers everything that waits.
func (t *calls) failAll(err error) {
	t.mu.Lock()
	waiting := slices.Collect(maps.Values(t.live))
	t.mu.Unlock()
	for _, c := range waiting {
		c.answer(nil, err)
	}
}

// join and leave keep the index of calls by unit. The caller holds the lock.
func (t *calls) join(c *call) {
	if t.units[c.unit] == nil {
		t.units[c.unit] = map[*call]struct{}{}
	}
	t.units[c.unit][c] = struct{}{}
}

func (t *calls) leave(c *call) {
	delete(t.units[c.unit], c)
	if len(t.units[c.unit]) == 0 {
		delete(t.units, c.unit)
	}
}

// close refuses all later calls from outside.
func (t *calls) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if len(t.live) == 0 {
		t.settle()
	}
}

// over reports whether the table refuses calls from outside.
func (t *calls) over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

// await waits for the call's answer, or until its context ends. Then the work
// may still be done; its answer is dropped.
func await[T any](c *call) (T, error) {
	var zero T
	select {
	case o := <-c.done:
		return unpack[T](o)
	case <-c.ctx.Done():
	}
	select {
	case o := <-c.done: // answered in the same moment
		return unpack[T](o)
	default:
	}
	c.table.remove(c)
	return zero, errors.Wrapf(c.ctx.Err(), "%s was given up", c.op)
}

func unpack[T any](o outcome) (T, error) {
	value, ok := o.value.(T)
	if o.err == nil && !ok {
		return value, errors.AssertionFailedf("an answer of an unexpected type %T", o.value)
	}
	return value, o.err
}
