package actors

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
)

// DeviceState is what a device is good for.
type DeviceState string

// Starting → Active → Quarantined | Lost.
const (
	DeviceStarting    DeviceState = "starting"
	DeviceActive      DeviceState = "active"
	DeviceQuarantined DeviceState = "quarantined" // left by an operator's word only
	DeviceLost        DeviceState = "lost"        // a sticky error: left by a restart only
)

// deviceRecord is what must survive a crash of a device's actor: the device
// itself, its thread, its heap and book, and the work that waits.
type deviceRecord struct {
	index  int
	unit   string // the name of its actor
	info   gpu.Info
	thread *gpu.Thread
	book   *ledger.Book
	queue  *queue
	court  court // what its passes found
	chart  chart // what its driver reported
	gauge  gauge // what it counts

	// the thread's own
	dev        gpu.Device
	heap       *gpu.Heap
	scratch    *gpu.Buffer  // see Run.Scratch
	wiped      bool         // the scratch buffer was zeroed before its first use
	scratching bool         // a callback or its kernels may be using the scratch buffer
	stuck      []heldBuffer // what could not be scrubbed, until a memory test
	runs       uint64       // callbacks that ran

	loans    loans // of its host memory
	restarts atomic.Int64
	adopted  chan struct{} // closed when the first actor has taken over, or never will
	adoption sync.Once
	// stepping is when the slice under way began, in Unix nanoseconds, or 0:
	// what a watchdog looks at.
	stepping atomic.Int64

	mu     sync.Mutex
	state  DeviceState
	reason string              // why it is not active
	send   func(deviceMessage) // tells the actor; nil while there is none
}

// Device is a snapshot of a device.
type Device struct {
	Info     gpu.Info
	State    DeviceState
	Reason   string
	Memory   ledger.Snapshot
	Restarts int64
}

func (r *deviceRecord) snapshot() Device {
	r.mu.Lock()
	state, reason := r.state, r.reason
	r.mu.Unlock()
	return Device{Info: r.info, State: state, Reason: reason, Memory: r.book.Snapshot(), Restarts: r.restarts.Load()}
}

// set changes the state. A lost device stays lost, and a quarantined one is
// left by release only.
func (r *deviceRecord) set(state DeviceState, reason string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == state || r.state == DeviceLost {
		return false
	}
	r.state, r.reason = state, reason
	return true
}

func (r *deviceRecord) current() DeviceState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// serves returns nil if new shards and callbacks may use the device.
func (r *deviceRecord) serves() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.state {
	case DeviceActive:
		return nil
	case DeviceLost:
		return fail(ErrDeviceLost, "", "device %d: %s", r.index, r.reason)
	case DeviceQuarantined:
		return fail(ErrQuarantined, "", "device %d: %s; release its shards, then: device unquarantine %d", r.index, r.reason, r.index)
	case DeviceStarting:
	}
	return fail(ErrStopped, "", "device %d is starting; try again", r.index)
}

// submit queues work for the device's thread and wakes its actor.
func (r *deviceRecord) submit(w work) {
	r.queue.add(w)
	r.tell(deviceWake{})
}

// tell sends the message to the device's actor. What the message tells of waits
// in the record, for the next actor if there is none.
func (r *deviceRecord) tell(m deviceMessage) {
	r.mu.Lock()
	send := r.send
	r.mu.Unlock()
	if send != nil {
		send(m)
	}
}

func (r *deviceRecord) setSend(send func(deviceMessage)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.send = send
}

// takenOver says that the device's actor is there, or will never be.
func (r *deviceRecord) takenOver() { r.adoption.Do(func() { close(r.adopted) }) }

// awaitActor waits until the device's actor works.
func (r *deviceRecord) awaitActor(ctx context.Context) error {
	select {
	case <-r.adopted:
		return nil
	case <-ctx.Done():
		return errors.Wrapf(ctx.Err(), "device %d was not waited for", r.index)
	}
}

// begin and end stamp a slice for whoever watches the thread.
func (r *deviceRecord) begin() { r.stepping.Store(time.Now().UnixNano()) }
func (r *deviceRecord) end()   { r.stepping.Store(0) }
