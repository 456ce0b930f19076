package sim

import (
	"fmt"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// run is one kernel at work, on a goroutine of its own: so that a kernel that
// ends its goroutine does not end the owner's. The fields other than done may
// be read once done is closed.
type run struct {
	kernel string
	done   chan struct{}
	end    ending
	failed bool // it returned an error
}

func start(k gpu.Kernel, grid, block gpu.Dim3, args *arguments) *run {
	r := &run{kernel: k.Name, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		guard(&r.end, func() { r.failed = k.Go(grid, block, args) != nil })
	}()
	return r
}

// settle waits until the last kernel has ended, and reports how.
func (d *device) settle(op Op) error {
	if d.running == nil {
		return nil
	}
	<-d.running.done
	return d.reap(op)
}

// reap turns the end of a kernel into the device's state. A kernel that
// returns an error is reported once and poisons nothing. The error's own text
// stays unknown: it could show contents.
func (d *device) reap(op Op) error {
	r := d.running
	d.running = nil
	name := fmt.Sprintf("kernel %q ", r.kernel)
	switch {
	case r.end.how == ranFault:
		return d.crash(op, gpu.ErrIllegalAddress, name+"touched memory that it may not")
	case r.end.how == ranPanic:
		return d.crash(op, gpu.ErrLaunchFailed, name+"panicked")
	case r.end.how == ranExit:
		return d.crash(op, gpu.ErrLaunchFailed, name+"ended its goroutine")
	case r.failed:
		return d.failure(op, gpu.ErrLaunchFailed, "%sreturned an error", name)
	}
	return nil
}

// Idle waits for up to d for the last kernel. See gpu.Device.
func (d *device) Idle(wait time.Duration) (bool, error) {
	idle, err := d.idle(wait)
	if err != nil {
		d.control.record(err, "idle")
	}
	return idle, err
}

func (d *device) idle(wait time.Duration) (bool, error) {
	if err := d.usable(OpIdle); err != nil {
		return false, err
	}
	d.control.pause(OpIdle)
	if d.running != nil && d.running.within(wait) {
		if err := d.reap(OpIdle); err != nil {
			return false, err
		}
	}
	if err := d.decide(OpIdle); err != nil {
		return false, err
	}
	return d.running == nil, nil
}

// within waits for the kernel's end, and reports whether it came.
func (r *run) within(wait time.Duration) bool {
	if wait <= 0 {
		select {
		case <-r.done:
			return true
		default:
			return false
		}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-r.done:
		return true
	case <-timer.C:
		return false
	}
}
