package actors

import (
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

// checkThread loses the device if its goroutine runs elsewhere than on the
// thread that the driver knows: a callback must have unlocked it.
func (d *device) checkThread() {
	if d.rec.thread != nil && !d.rec.thread.Owned() {
		d.lose(fail(ErrDeviceLost, "", "a callback let the device's goroutine leave its thread (runtime.UnlockOSThread)"))
	}
}

// sliceTime is how long a slice of work is wished to take. The simulated
// device hashes on the CPU, so its slices are longer than a GPU's would be.
const (
	sliceSimulated = 10 * time.Millisecond
	sliceCUDA      = time.Millisecond
)

// device is the actor of one device. Its state is in the record; it runs on
// the device's thread only.
type device struct {
	env   *env
	rec   *deviceRecord
	armed bool  // a deviceSlice is under way
	lost  error // the sticky error that a step met
	self  *actor.PID
}

func newDevice(e *env, rec *deviceRecord) actor.Producer {
	// The first producer call runs on the spawner's thread: it touches nothing.
	return func() actor.Actor { return &device{env: e, rec: rec} }
}

func (d *device) Receive(c actor.Context) {
	switch c.Message().(type) {
	case *actor.Started:
		d.adopt(c)
	case deviceWake:
		if !d.armed {
			d.armed = true
			c.Send(c.Self(), deviceSlice{})
		}
	case deviceSlice:
		d.slice(c)
	case deviceReported:
		d.onReported()
	case *actor.Stopping:
		d.rec.setSend(nil)
	}
}

// adopt takes over what the record holds: what was half done fails, what was
// mapped and not booked goes back, the rest goes on.
func (d *device) adopt(c actor.Context) {
	self, system := c.Self(), c.ActorSystem()
	d.self = self
	d.rec.setSend(func(m deviceMessage) { system.Root.Send(self, m) })
	d.rec.end()
	if d.rec.restarts.Load() > 0 {
		for _, w := range d.rec.queue.takeCurrent() {
			if a, ok := w.(abandoner); ok {
				a.abandon(d)
			}
			w.fail(fail(ErrCrashed, "", "device %d restarted; try again", d.rec.index))
		}
		if err := d.wipeScratch(gpu.MaxBytes); err != nil {
			d.quarantine("scratch memory could not be proven zero")
		}
		d.reconcile()
		d.env.recheck(func(s *shard) bool { return s.device == d.rec })
	}
	if d.rec.current() == DeviceStarting {
		d.change(DeviceActive, "")
	}
	d.onReported()
	d.rec.takenOver()
	d.armed = true
	c.Send(self, deviceSlice{})
}

// abandoner is work that holds something of the device while it is under way.
type abandoner interface{ abandon(d *device) }

// reconcile brings heap and book in line with the device's own list.
func (d *device) reconcile() {
	for _, x := range d.rec.heap.Orphans() {
		if err := d.discard(x); err != nil {
			d.quarantine(fmt.Sprintf("memory left behind by a crash or a fault could not be scrubbed: %v", err))
		}
	}
	var mapped gpu.Bytes // with what could not be given back
	for _, x := range d.rec.dev.Extents() {
		mapped = mapped.AddSat(x.Size)
	}
	if _, err := d.rec.book.Reconcile(mapped); err != nil {
		d.quarantine(fmt.Sprintf("the ledger and the device disagree: %v", err))
	}
}

// tidy gives back what an allocation that failed left mapped. What was booked
// for it is off the books already.
func (d *device) tidy() {
	if len(d.rec.heap.Orphans()) > 0 {
		d.reconcile()
	}
}

func (d *device) discard(x gpu.Extent) error {
	if x.Protection == gpu.ReadOnly {
		if err := d.rec.dev.Protect(x.ID, gpu.ReadWrite); err != nil {
			return d.driver(err)
		}
	}
	all := gpu.Span{Extent: x.ID, Size: x.Size}
	err := d.rec.dev.Zero(all)
	if errors.Is(err, gpu.ErrNotFound) {
		if _, again := d.rec.dev.NonZero(all); errors.Is(again, gpu.ErrNotFound) {
			return d.driver(d.rec.dev.Unmap(x.ID)) // its memory went back before, and only the rest is left
		}
	}
	if err != nil {
		return d.driver(err)
	}
	dirty, err := d.rec.dev.NonZero(all)
	if err != nil {
		return d.driver(err)
	}
	if dirty {
		return gpu.ErrScrubFailed
	}
	return d.driver(d.rec.dev.Unmap(x.ID))
}

// slice does the next slice of the most urgent work.
func (d *device) slice(c actor.Context) {
	d.admitLoss()
	d.checkThread()
	w := d.rec.queue.next()
	if w == nil {
		d.armed = false
		return
	}
	d.rec.begin()
	done := w.step(d, d.sliceTime())
	d.rec.end()
	if done {
		d.rec.queue.finish(w)
	}
	d.admitLoss()
	c.Send(c.Self(), deviceSlice{})
}

// admitLoss acts on a sticky error that a step, or taking over, has met.
func (d *device) admitLoss() {
	if d.lost != nil {
		d.lose(d.lost)
		d.lost = nil
	}
}

func (d *device) sliceTime() time.Duration {
	if d.rec.info.Kind == gpu.KindSimulated {
		return sliceSimulated
	}
	return sliceCUDA
}

// driver passes a driver call's error on. When it is sticky the device is lost
// at once, before anybody is told of the error; slice does the rest.
func (d *device) driver(err error) error {
	if err != nil && gpu.IsSticky(err) && d.lost == nil {
		d.lost = err
		d.markLost(err)
	}
	return err
}

// markLost changes the state of the device.
func (d *device) markLost(cause error) {
	reason := "the driver reported an error that it cannot recover from"
	var driver *gpu.Error
	if errors.As(cause, &driver) {
		reason = fmt.Sprintf("%s failed: %s", driver.Op, string(driver.Code))
	}
	d.change(DeviceLost, reason)
}

// lose marks the device and all its residents lost and answers everyone. The
// error is sticky: nothing on the device can be read, written or scrubbed.
func (d *device) lose(cause error) {
	d.markLost(cause)
	gone := wrap(ErrDeviceLost, "", cause)
	d.env.loseShards(d.rec, gone)
	d.rec.queue.close(gone)
	d.env.fatal(gone)
}

// loseShards marks what is on a device that is gone. It runs on the device's
// thread, or when that runs nothing any more.
func (e *env) loseShards(r *deviceRecord, gone error) {
	for _, s := range e.shards.list(func(s *shard) bool { return s.device == r }) {
		s.lose()
		if w := s.parked; w != nil {
			s.parked = nil
			w.fail(gone)
		}
	}
}

// quarantine takes the device out of use until an operator's word.
func (d *device) quarantine(reason string) {
	d.change(DeviceQuarantined, reason)
}

// pin keeps a shard's memory where it is while something reads it.
func pin(s *shard) { s.pins++ }

// unpin lets go of it, and lets a scrub that had to wait go on.
func (d *device) unpin(s *shard) {
	s.pins--
	if w := s.parked; w != nil && s.pins == 0 {
		s.parked = nil
		d.rec.queue.add(w)
	}
}

// lose marks a shard whose device is gone.
func (s *shard) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = seal.StateLost
}

// change changes the device's state and tells log, audit and listeners.
func (d *device) change(state DeviceState, reason string) bool {
	return d.env.changeDevice(d.rec, state, reason)
}

func (e *env) changeDevice(rec *deviceRecord, state DeviceState, reason string) bool {
	from := rec.current()
	if !rec.set(state, reason) {
		return false
	}
	severity := audit.SeverityInfo
	if state == DeviceLost || state == DeviceQuarantined {
		severity = audit.SeverityCritical
	}
	e.emit(audit.DeviceState(severity, rec.index, rec.info.UUID, string(from), string(state), reason))
	e.hub.publish(Event{Kind: EventDevice, Device: rec.index, Detail: string(state)})
	return true
}
