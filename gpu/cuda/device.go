package cuda

import (
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// device is an open GPU. The fields above the mutex belong to the owning
// thread.
type device struct {
	lib       *driver.Library
	options   Options
	texts     *texts
	handle    driver.Device
	ordinal   int    // as the driver counts; info.Index counts usable devices
	thread    int    // the owner's OS thread
	free      func() // tells the backend that the device is closed
	context   deviceContext
	limits    limits
	lanes     lanes
	own       ownKernels
	arena     arena
	desk      *block // words for answers of small kernels
	pace      pace
	closed    bool
	abandoned bool // Close left scrubbing to the driver
	poison    *gpu.Error

	modules map[[32]byte]*module
	kernels map[string]*kernel
	keeps   map[*kept]bool
	hosts   map[*byte][]byte
	stuck   []*mapping // what could not be given back, and is tried again by Close
	epoch   uint64     // counts extents and kept hashes that went away

	mu      sync.Mutex
	info    gpu.Info
	extents map[gpu.ExtentID]*mapping
	last    gpu.ExtentID // ids are never used again
}

// Info returns what Open found, and what Close left behind. See gpu.Device.
func (d *device) Info() gpu.Info {
	d.mu.Lock()
	defer d.mu.Unlock()
	info := d.info
	info.Notes = slices.Clone(info.Notes)
	return info
}

// note adds a finding for the operator.
func (d *device) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.info.Notes = append(d.info.Notes, fmt.Sprintf(format, args...))
}

// Memory asks the driver. See gpu.Device.
func (d *device) Memory() (gpu.Memory, error) {
	if err := d.begin("memory"); err != nil {
		return gpu.Memory{}, err
	}
	free, total, r := d.lib.MemoryInfo()
	if err := d.check("memory", "cuMemGetInfo", r); err != nil {
		return gpu.Memory{}, err
	}
	return gpu.Memory{Total: total, Free: free}, nil
}

// Overhead is the device memory that the package itself has mapped. It may be
// called on the device's thread only.
func (d *device) Overhead() gpu.Bytes { return d.arena.mapped() }

// begin is the start of every call but Info, Extents and Close.
func (d *device) begin(op string) error {
	if err := d.usable(op); err != nil {
		return err
	}
	if d.poison != nil {
		return d.poisoned(op)
	}
	return d.enter(op)
}

// usable checks the thread and whether the device is open.
func (d *device) usable(op string) error {
	if unix.Gettid() != d.thread {
		return d.refuse(op, gpu.ErrWrongThread, "")
	}
	if d.closed {
		return d.refuse(op, gpu.ErrClosed, "")
	}
	return nil
}

// dead tells whether the device is poisoned.
func (d *device) dead() bool { return d.poison != nil }

// poisoned is the sticky error in the name of another operation.
func (d *device) poisoned(op string) error {
	e := *d.poison
	e.Op = op
	return &e
}

// check turns the answer of a driver's function into an error, or nil. A
// sticky one poisons the device.
func (d *device) check(op, call string, r driver.Result) error {
	if r == driver.Success {
		return nil
	}
	e := failure(op, d.info.Index, r)
	e.Detail = call + ": " + e.Detail
	if e.Sticky && d.poison == nil {
		d.poison = e
	}
	return e
}

// refuse is an error that the package itself finds.
func (d *device) refuse(op string, code gpu.Code, format string, args ...any) error {
	return &gpu.Error{Op: op, Device: d.info.Index, Code: code, Detail: fmt.Sprintf(format, args...)}
}
