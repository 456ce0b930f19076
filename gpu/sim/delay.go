package sim

import "time"

// delays says which operations wait, and ends waits early. It is guarded by
// the control's mutex.
type delays struct {
	wait    map[Op]time.Duration
	waiting map[chan struct{}]bool // one for each call that waits, closed to wake it
}

func (d *delays) set(op Op, wait time.Duration) {
	if d.wait == nil {
		d.wait = map[Op]time.Duration{}
	}
	d.wait[op] = wait
	d.wake()
}

func (d *delays) clear() {
	d.wait = nil
	d.wake()
}

func (d *delays) wake() {
	for w := range d.waiting {
		close(w)
	}
	d.waiting = nil
}

// start returns how long a call of the operation waits, and what ends that
// early. The channel is made by the caller that waits, so that the wait is
// seen as one by a testing/synctest bubble.
func (d *delays) start(op Op) (time.Duration, chan struct{}) {
	wait := max(d.wait[op], d.wait[OpAny])
	if wait <= 0 {
		return 0, nil
	}
	woken := make(chan struct{})
	if d.waiting == nil {
		d.waiting = map[chan struct{}]bool{}
	}
	d.waiting[woken] = true
	return wait, woken
}

// pause waits as long as the script says. No lock is held.
func (c *Control) pause(op Op) {
	c.mu.Lock()
	wait, woken := c.delays.start(op)
	c.mu.Unlock()
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.delays.waiting, woken)
}
