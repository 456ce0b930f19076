package actors

import (
	"slices"
	"sync"
	"time"

	"github.com/vram-engine/vram-engine/gpu/health"
)

// Bounds of what reports of a device's health may cost, however many come.
const (
	chartRoom   = 64 // reports that wait for the device's actor
	chartBurst  = 32 // of them are recorded in a chartWindow
	chartWindow = time.Minute
)

// chart holds what was reported of a device's health and is not settled. It is
// a plain struct that outlives the device's actor, and safe for concurrent use.
type chart struct {
	redigest redigest

	mu      sync.Mutex
	waiting []health.Report // the first one may be in the actor's hands
	told    bool            // the actor was told, and has not seen the end since
	grave   uint64          // reports that put a device out of use
	closed  bool

	since    time.Time // when the window began
	recorded int       // reports that were recorded in it
	missed   uint64    // reports without a record since the last record
	timer    *time.Timer
}

// take adds a report and says whether the actor is to be told. One too many is
// counted only, if another asks for the same.
func (c *chart) take(h health.Report) (tell bool) {
	if h.Action > health.Lost {
		h.Action = health.Quarantine // of what is not understood the worst is believed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	if h.Action >= health.Quarantine {
		c.grave++
	}
	if len(c.waiting) >= chartRoom {
		c.missed++ // this one, or the one that makes room
		if !c.makeRoom(h.Action) {
			return false // the actor was told
		}
	}
	c.waiting = append(c.waiting, h)
	tell = !c.told
	c.told = true
	return tell
}

// makeRoom removes a report that asks for the same as another, unless the
// action is asked for already. The first report does not count: the actor may
// have done what it asks for. The caller holds the lock.
func (c *chart) makeRoom(a health.Action) bool {
	seen := map[health.Action]bool{}
	spare := 0
	for i, h := range c.waiting[1:] {
		if h.Action == a {
			return false
		}
		if seen[h.Action] {
			spare = i + 1
		}
		seen[h.Action] = true
	}
	if spare == 0 {
		return false
	}
	c.waiting = slices.Delete(c.waiting, spare, spare+1)
	return true
}

// next returns the oldest report. It stays until it is settled, so that a crash
// does not lose it. After the last the actor is told of new ones.
func (c *chart) next() (health.Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.waiting, c.told = nil, false
		return health.Report{}, false
	}
	return c.waiting[0], true
}

// settled says that the actor has done what the oldest report asks for.
func (c *chart) settled() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) > 0 {
		c.waiting = slices.Delete(c.waiting, 0, 1)
	}
}

// admit says whether a report may be put on record, and how many were left out
// since the last record. What must be on record always may.
func (c *chart) admit(now time.Time, must bool) (missed uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.since) >= chartWindow {
		c.since, c.recorded = now, 0
	}
	if c.recorded >= chartBurst && !must {
		c.missed++
		return 0, false
	}
	c.recorded++
	missed, c.missed = c.missed, 0
	return missed, true
}

// owed returns how many reports were left out in a window that is over. While
// it is not, tell is called when it will be.
func (c *chart) owed(now time.Time, tell func()) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.missed == 0 || c.closed {
		return 0
	}
	if left := chartWindow - now.Sub(c.since); left > 0 {
		c.timer = time.AfterFunc(left, tell)
		return 0
	}
	n := c.missed
	c.missed, c.since, c.recorded = 0, now, 1
	return n
}

// alarms counts the reports that put a device out of use.
func (c *chart) alarms() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.grave
}

// close ends the chart, and returns what is not on record.
func (c *chart) close() (left []health.Report, missed uint64) {
	c.redigest.close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	left, missed = c.waiting, c.missed
	c.waiting, c.missed = nil, 0
	return left, missed
}
