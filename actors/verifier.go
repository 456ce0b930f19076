package actors

import (
	"strconv"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
)

// Patrol is a snapshot of the periodic verification.
type Patrol struct {
	Interval time.Duration // 0: there is no patrol
	Passes   uint64        // how many passes are complete
	Started  time.Time     // when the last complete pass began
	Took     time.Duration
	Shards   int
	Failed   int
	Bytes    gpu.Bytes
}

// patrolRecord outlives the verifier.
type patrolRecord struct {
	mu     sync.Mutex
	last   Patrol
	pass   uint64 // the number of the pass under way, or of the last one
	open   int    // devices that have not answered
	began  time.Time
	sums   []patrolled
	closed bool
	timer  *time.Timer // until the next pass
}

func (r *patrolRecord) snapshot() Patrol {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// close stops the patrol for good.
func (r *patrolRecord) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop() // it would hold all there is until the next pass is due
	}
}

// after calls fn after d, in place of what was to be called before.
func (r *patrolRecord) after(d time.Duration, fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop()
	}
	if !r.closed {
		r.timer = time.AfterFunc(d, fn)
	}
}

// begin starts a pass over n devices, or reports that patrolling is over.
func (r *patrolRecord) begin(n int) (uint64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pass++
	r.open, r.began, r.sums = n, time.Now(), nil
	return r.pass, !r.closed
}

// add takes a device's part of the pass and reports whether it was the last. A
// pass of which a part was cut short is not complete: it does not count, and
// the last complete one stands.
func (r *patrolRecord) add(p patrolled) (Patrol, []patrolled, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.pass != r.pass || r.open == 0 {
		return Patrol{}, nil, false
	}
	r.open--
	r.sums = append(r.sums, p)
	if r.open > 0 {
		return Patrol{}, nil, false
	}
	sum := Patrol{Interval: r.last.Interval, Passes: r.last.Passes + 1, Started: r.began, Took: time.Since(r.began)}
	whole := true
	for _, s := range r.sums {
		sum.Shards += s.Shards
		sum.Failed += s.Failed
		sum.Bytes = sum.Bytes.AddSat(s.Bytes)
		whole = whole && s.err == nil
	}
	if whole {
		r.last = sum
	}
	return sum, r.sums, true
}

type (
	// patrolTick starts the next pass.
	patrolTick struct{ incarnation uint64 }
	// patrolPart is one device's part of a pass.
	patrolPart struct{ part patrolled }
)

// verifier re-digests every serving shard once per interval.
type verifier struct {
	env         *env
	incarnation uint64 // ticks of a predecessor are ignored
}

func (a *verifier) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		a.incarnation = a.env.patrol.hire()
		a.arm(c)
	case patrolTick:
		if m.incarnation == a.incarnation {
			a.onTick(c)
		}
	case patrolPart:
		a.onPart(c, m.part)
	}
}

// hire numbers the verifiers.
func (r *patrolRecord) hire() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pass++
	return r.pass
}

func (a *verifier) arm(c actor.Context) {
	if a.env.cfg.PatrolInterval <= 0 {
		return
	}
	a.wait(c, a.env.cfg.PatrolInterval)
}

// wait has the next pass begin after d.
func (a *verifier) wait(c actor.Context, d time.Duration) {
	self, root, tick := c.Self(), c.ActorSystem().Root, patrolTick{a.incarnation}
	a.env.patrol.after(d, func() { root.Send(self, tick) })
}

// onTick hands every device that serves its shards. The next pass is due one
// interval after this one began, or when this one is done if it takes longer.
func (a *verifier) onTick(c actor.Context) {
	var due []*deviceRecord
	for _, d := range a.env.devices {
		if d.current() == DeviceActive {
			due = append(due, d)
		}
	}
	pass, ok := a.env.patrol.begin(len(due))
	if !ok {
		return
	}
	if len(due) == 0 {
		a.arm(c)
		return
	}
	self, root := c.Self(), c.ActorSystem().Root
	for _, d := range due {
		shards := a.env.shards.list(func(s *shard) bool { return s.device == d })
		d.submit(newPatrolWork(pass, shards, func(p patrolled) { root.Send(self, patrolPart{p}) }))
	}
}

// onPart records the pass when the last device has answered.
func (a *verifier) onPart(c actor.Context, p patrolled) {
	if p.err != nil && !errors.Is(p.err, ErrDeviceLost) {
		a.env.log.Warn("a patrol was cut short", "error", p.err.Error())
	}
	sum, parts, complete := a.env.patrol.add(p)
	if !complete {
		return
	}
	for _, part := range parts {
		if part.Shards > 0 && part.err == nil { // else it has no root
			a.env.emit(audit.PatrolPass(part.Shards, part.Failed, uint64(part.Bytes), hexDigest(part.Root), sum.Took))
		}
	}
	a.env.hub.publish(Event{Kind: EventPatrol, Device: -1, Detail: strconv.Itoa(sum.Shards) + " shards verified"})
	if left := a.env.cfg.PatrolInterval - sum.Took; left > 0 {
		a.wait(c, left)
		return
	}
	c.Send(c.Self(), patrolTick{a.incarnation})
}
