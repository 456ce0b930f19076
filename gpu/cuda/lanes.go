package cuda

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// lane is one stream. Work of one lane runs in order; see follow for the order
// between lanes.
type lane struct {
	name   string
	stream driver.Stream
	made   bool
	event  driver.Event // marks the end of what is queued, for other lanes
	marked bool         // the event is made
	// pending tells that work was queued and not yet seen to be complete.
	pending bool
	// touched are the extents that queued kernels of others were given. Only
	// the execute lane has such; nil stands for every extent.
	touched map[gpu.ExtentID]bool
}

// lanes are the device's streams: kernels that callers launch go first,
// digests yield to everything.
type lanes struct {
	execute, copies, digest lane
}

func (l *lanes) all() []*lane { return []*lane{&l.execute, &l.copies, &l.digest} }

// makeLanes makes the streams with the priorities that the device offers.
func (d *device) makeLanes(op string) error {
	least, greatest, r := d.lib.StreamPriorities()
	if err := d.check(op, "cuCtxGetStreamPriorityRange", r); err != nil {
		return err
	}
	middle := (least + greatest) / 2
	l := &d.lanes
	l.execute = lane{name: "execute", touched: map[gpu.ExtentID]bool{}}
	l.copies, l.digest = lane{name: "copy"}, lane{name: "digest"}
	for i, priority := range []int{greatest, middle, least} {
		made := l.all()[i]
		var r driver.Result
		if made.stream, r = d.lib.CreateStream(priority); r != driver.Success {
			return d.check(op, "cuStreamCreateWithPriority", r)
		}
		made.made = true
		if made.event, r = d.lib.CreateEvent(false); r != driver.Success {
			return d.check(op, "cuEventCreate", r)
		}
		made.marked = true
	}
	return nil
}

// dropLanes ends what is there of the streams, and goes on after an error.
func (d *device) dropLanes(op string) error {
	var failed error
	for _, l := range d.lanes.all() {
		if l.marked {
			err := d.check(op, "cuEventDestroy", d.lib.DestroyEvent(l.event))
			l.marked = err != nil
			failed = errors.CombineErrors(failed, err)
		}
		if l.made {
			err := d.check(op, "cuStreamDestroy", d.lib.DestroyStream(l.stream))
			l.made = err != nil
			failed = errors.CombineErrors(failed, err)
		}
	}
	return failed
}

// follow makes the next work of a lane wait, on the device, for what other
// lanes have queued, as far as both can touch the same memory. reads tells
// that the work does not write to the mappings.
func (d *device) follow(op string, l *lane, reads bool, over ...*mapping) error {
	for _, other := range d.lanes.all() {
		if other == l || !other.pending || !other.meets(reads, over) {
			continue
		}
		done, err := d.query(op, other)
		if err != nil {
			return err
		}
		if done {
			continue
		}
		if err := d.check(op, "cuEventRecord", d.lib.Record(other.event, other.stream)); err != nil {
			return err
		}
		if err := d.check(op, "cuStreamWaitEvent", d.lib.StreamWait(l.stream, other.event)); err != nil {
			return err
		}
	}
	return nil
}

// meets tells whether what the lane has queued must come before other work
// over the mappings. What only reads may overtake a kernel where the mapping
// refuses the kernel's writes.
func (l *lane) meets(reads bool, over []*mapping) bool {
	if l.touched == nil {
		return true
	}
	for _, m := range over {
		if l.touched[m.id] && (!reads || m.prot != gpu.ReadOnly) {
			return true
		}
	}
	return false
}

// done records that everything queued in the lane is complete.
func (l *lane) done() {
	l.pending = false
	clear(l.touched)
}

// settle waits until nothing runs that must come before other work over the
// mapping. It is for what is done at once and not in the order of streams:
// changes of mappings, and copies, which would otherwise block in the driver.
func (d *device) settle(op string, reads bool, m *mapping) error {
	for _, l := range d.lanes.all() {
		if l.pending && l.meets(reads, []*mapping{m}) {
			if err := d.wait(op, l, 0); err != nil {
				return err
			}
		}
	}
	return nil
}
