package sim

import (
	"maps"
	"slices"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// Close waits for the last kernel, zeroes what is mapped, and gives all
// memory back to the host, what FreeHost was not called for included, whatever the device's state. A scripted failure is
// returned, and closes all the same. See gpu.Device.
func (d *device) Close() error {
	err := d.usable(OpClose)
	if errors.Is(err, gpu.ErrClosed) {
		return nil
	}
	if err == nil {
		err = d.shut()
	}
	d.control.record(err, "close")
	return err
}

func (d *device) shut() error {
	d.control.pause(OpClose)
	if d.running != nil {
		<-d.running.done
		d.running = nil
	}
	var failed error
	if fault := d.control.decide(OpClose); fault != nil && fault.Code != gpu.ErrLost {
		failed = fault
	}
	d.closed = true
	defer d.control.unclaim()
	d.dropKept()
	d.mu.Lock()
	defer d.mu.Unlock()
	phys := d.phys
	d.phys = nil
	if phys == nil {
		return failed
	}
	return errors.Join(failed, d.release(phys))
}

// release gives everything back, going on after an error.
func (d *device) release(phys *physical) error {
	failed := d.dropHosts()
	for _, id := range slices.Sorted(maps.Keys(d.extents)) {
		m := d.extents[id]
		failed = errors.Join(failed, phys.scrub(m.granules))
		if err := m.unmap(); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		delete(d.extents, id)
		phys.give(m.granules)
	}
	if d.options.Faults {
		var err error
		d.leftBehind, err = phys.dirty(d.control.broken())
		failed = errors.Join(failed, err)
	}
	failed = errors.Join(failed, phys.close())
	if failed != nil {
		return d.hostFailure(OpClose, failed)
	}
	return nil
}
