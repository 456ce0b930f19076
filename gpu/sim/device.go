package sim

import (
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
)

// device is an open simulated device. The fields above the mutex belong to
// the owning thread; those below it may be looked at by a Control.
type device struct {
	info    gpu.Info
	options Options
	control *Control
	thread  int // the owner's OS thread
	locked  bool
	closed  bool
	poison  *gpu.Error
	kernels map[string]gpu.Kernel
	keeps   map[*kept]bool
	spare   *workspace // of the last pass
	speed   speed
	running *run // the kernel that was launched last, until it is waited for

	mu         sync.Mutex
	phys       *physical // nil when closed
	extents    map[gpu.ExtentID]*mapping
	last       gpu.ExtentID // ids are never used again
	leftBehind gpu.Bytes    // dirty bytes that Close found
}

// open makes a device for the calling thread.
func open(o Options, info gpu.Info, c *Control) (*device, error) {
	c.pause(OpOpen)
	if fault := c.decide(OpOpen); fault != nil {
		return nil, fault
	}
	d := &device{
		info: info, options: o, control: c, thread: unix.Gettid(),
		kernels: map[string]gpu.Kernel{}, keeps: map[*kept]bool{}, extents: map[gpu.ExtentID]*mapping{},
	}
	if err := d.build(); err != nil {
		return nil, d.failure(OpOpen, gpu.ErrOutOfMemory, "%v", err)
	}
	c.attach(d)
	return d, nil
}

// build makes the device's memory, and finds out whether it can be locked.
func (d *device) build() error {
	var err error
	if d.locked, err = canLock(d.options.Memory); err != nil {
		return err
	}
	if !d.locked {
		d.info.Notes = append(d.info.Notes, "memory is not locked and may be swapped: raise the limit of locked memory (ulimit -l)")
	}
	d.phys, err = newPhysical(d.options)
	return err
}

// Info returns what Open found. See gpu.Device.
func (d *device) Info() gpu.Info {
	info := d.info
	info.Notes = slices.Clone(info.Notes)
	return info
}

// Memory counts mapped memory and what Control.External says.
func (d *device) Memory() (gpu.Memory, error) {
	err := d.begin(OpMemory)
	d.control.record(err, "memory")
	if err != nil {
		return gpu.Memory{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return gpu.Memory{Total: d.info.Total, Free: d.phys.available().SubSat(d.control.outside())}, nil
}

// begin is the start of every call but Info, Extents, Idle and Close: it
// checks the thread, waits for what was launched, and reports what an earlier
// call or the script has in store. A lost device waits for nothing.
func (d *device) begin(op Op) error {
	if err := d.usable(op); err != nil {
		return err
	}
	d.control.pause(op)
	if d.poison == nil && !d.control.gone() {
		if err := d.settle(op); err != nil {
			return err
		}
	}
	return d.decide(op)
}

// usable checks the thread and whether the device is open.
func (d *device) usable(op Op) error {
	if !d.options.AnyThread && unix.Gettid() != d.thread {
		return d.failure(op, gpu.ErrWrongThread, "")
	}
	if d.closed {
		return d.failure(op, gpu.ErrClosed, "")
	}
	return nil
}

// decide reports the poison, or the failure that the script has for the call.
func (d *device) decide(op Op) error {
	fault := d.control.decide(op)
	if d.poison != nil {
		return d.poisoned(op)
	}
	if fault == nil {
		return nil
	}
	if fault.Sticky {
		d.poison = fault
	}
	return fault
}

// poisoned is the sticky error in the name of another operation.
func (d *device) poisoned(op Op) *gpu.Error {
	e := *d.poison
	e.Op = string(op)
	return &e
}

// crash poisons the device, unless it is so already, and returns the error.
func (d *device) crash(op Op, code gpu.Code, detail string) *gpu.Error {
	if d.poison == nil {
		d.poison = &gpu.Error{Op: string(op), Device: d.info.Index, Code: code, Sticky: true, Detail: detail}
	}
	return d.poisoned(op)
}
