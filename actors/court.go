package actors

import "sync"

// court holds what a device has found and its judge has not settled. It is a
// plain struct that outlives the judge: a crash loses at most the finding that
// crashed, and who waits for that is told to try again.
type court struct {
	device *deviceRecord

	mu      sync.Mutex
	wake    func() // tells the judge; nil where a test drives the device alone
	waiting []finding
	current finding
	closed  error // why nothing is judged any more
}

// hear takes a finding, in the order in which they are found.
func (c *court) hear(e *env, m finding) {
	c.mu.Lock()
	closed, wake := c.closed, c.wake
	if closed == nil && wake != nil {
		c.waiting = append(c.waiting, m)
	}
	c.mu.Unlock()
	switch {
	case closed != nil:
		m.fail(closed)
	case wake == nil:
		m.settle(e)
	default:
		wake()
	}
}

func (c *court) open(wake func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wake = wake
}

// next says that the current finding is settled, and returns the one after it,
// or nil.
func (c *court) next() finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = nil
	if len(c.waiting) == 0 {
		c.waiting = nil
		return nil
	}
	c.current = c.waiting[0]
	c.waiting = c.waiting[1:]
	return c.current
}

// crashed fails the finding that the judge crashed at. A device is of no use if
// that happens again and again.
func (c *court) crashed(e *env, often bool) {
	c.mu.Lock()
	m := c.current
	c.current = nil
	c.mu.Unlock()
	if m != nil {
		m.fail(fail(ErrCrashed, "", "the judge of device %d restarted; try again", c.device.index))
	}
	if often {
		e.changeDevice(c.device, DeviceQuarantined, "its judge crashed again and again")
	}
}

// ended fails what there is, and all that comes.
func (c *court) ended(e *env) {
	err := fail(ErrCrashed, "", "the judge of device %d crashed again and again", c.device.index)
	if e.calls.over() {
		err = fail(ErrClosed, "", "the engine is closing")
	}
	c.mu.Lock()
	left := c.waiting
	c.waiting, c.closed = nil, err
	c.mu.Unlock()
	for _, m := range left {
		m.fail(err)
	}
}
