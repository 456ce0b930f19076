package sim

import (
	"sync"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// Control scripts the faults of one device and looks behind its back. All
// methods may be called from any goroutine, also while the device is closed;
// none waits for the device. Scripts stay in force when the device is closed
// and opened again, but for Lose.
type Control struct {
	index   int
	enabled bool
	feed    *feed // of the backend

	mu       sync.Mutex
	dev      *device // the one opened last, or nil
	open     bool    // a device is open, or being opened
	script   script
	delays   delays
	lies     []func(*gpu.Residency)
	external gpu.Bytes
	stuck    map[cell]bool // replaced, never changed
	counters health.Counters
	lost     bool
	calls    int
	log      operationLog
}

func newControl(index int, enabled bool, f *feed) *Control {
	return &Control{index: index, enabled: enabled, feed: f}
}

// Fail makes the nth call from now of the operation fail with the code, once;
// an nth below one counts as one. A sticky failure poisons the device. The
// operation has no effect, except that on a hostile device half of a write, of
// a zeroing or of a memory test is done. A failing close still closes.
func (c *Control) Fail(op Op, nth int, code gpu.Code, sticky bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.script.add(rule{op: op, left: max(nth, 1), code: code, sticky: sticky})
}

// FailAlways makes every call of the operation fail, until Clear.
func (c *Control) FailAlways(op Op, code gpu.Code, sticky bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.script.add(rule{op: op, always: true, code: code, sticky: sticky})
}

// Fired counts the failures that the script has caused.
func (c *Control) Fired() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.script.fired
}

// Delay makes every call of the operation wait before it starts; zero ends
// that. Only the operation's caller waits. Calls that are waiting already go
// on at once whenever a delay is set, or Clear is called.
func (c *Control) Delay(op Op, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delays.set(op, d)
}

// Lose makes the device disappear: every call from now on fails with a sticky
// gpu.ErrLost. A device that is opened again is there.
func (c *Control) Lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = true
}

// External says that others use n bytes of the device's memory.
func (c *Control) External(n gpu.Bytes) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.external = n
}

// Lie lets f falsify every answer about residency. It runs on the device's
// thread.
func (c *Control) Lie(f func(*gpu.Residency)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f != nil {
		c.lies = append(c.lies, f)
	}
}

// Clear drops all scripted failures, delays, lies, external use and stuck
// bits. What was raised or counted stays.
func (c *Control) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.script.rules = nil
	c.delays.clear()
	c.lies = nil
	c.external = 0
	c.stuck = nil
}

// Calls counts the operations so far, those that failed included. A sweep
// that makes the nth call fail, for each n, visits every position.
func (c *Control) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls
}

// Log returns the operations so far, oldest first, one line of text each,
// without addresses and contents. Operations whose number depends on the
// clock, steps and polls, appear only when they fail. Only the last 10,000
// lines are kept.
func (c *Control) Log() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.all()
}

// record writes one operation to the log.
func (c *Control) record(err error, format string, args ...any) {
	if !c.enabled {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log.add(err, format, args...)
}

// claim reports whether the device was not open. The caller opens it, or
// calls unclaim.
func (c *Control) claim() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.open
	c.open = true
	return !was
}

func (c *Control) unclaim() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = false
}

// attach makes d the device that the control acts upon.
func (c *Control) attach(d *device) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dev = d
	c.lost = false
}

// gone reports whether the device is lost.
func (c *Control) gone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// decide counts a call and returns the failure that is due, or nil.
func (c *Control) decide(op Op) *gpu.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	if c.lost && op != OpOpen {
		return &gpu.Error{Op: string(op), Device: c.index, Code: gpu.ErrLost, Sticky: true}
	}
	r, ok := c.script.next(op)
	if !ok {
		return nil
	}
	return &gpu.Error{Op: string(op), Device: c.index, Code: r.code, Sticky: r.sticky, Detail: "scripted"}
}

// outside is the memory that others use.
func (c *Control) outside() gpu.Bytes {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.external
}

func (c *Control) falsify(r *gpu.Residency) {
	c.mu.Lock()
	lies := c.lies
	c.mu.Unlock()
	for _, lie := range lies {
		lie(r)
	}
}
