package cuda

import (
	"maps"
	"slices"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

const opClose = "close"

// Close waits for kernels that run, zeroes what is mapped and proves it, and
// gives everything back. What fails once is tried a second time; the error
// tells of it all the same. A poisoned device cannot scrub: what it had goes to
// the driver as it is, which wipes memory before another process gets it, and
// Info says so. See gpu.Device.
func (d *device) Close() error {
	err := d.usable(opClose)
	if errors.Is(err, gpu.ErrClosed) {
		return nil
	}
	if err != nil {
		return err
	}
	if d.poison == nil {
		err = d.scrubAll(opClose)
	}
	d.closed = true
	err = errors.CombineErrors(err, d.release(opClose))
	if d.free != nil {
		d.free()
	}
	return err
}

// scrubAll zeroes extents and the arena.
func (d *device) scrubAll(op string) error {
	err := d.enter(op)
	if err != nil && d.poison == nil {
		err = errors.CombineErrors(err, d.enter(op))
	}
	for _, l := range d.lanes.all() {
		err = errors.CombineErrors(err, d.again(func() error { return d.wait(op, l, 0) }))
	}
	for _, id := range slices.Sorted(maps.Keys(d.extents)) {
		m := d.extents[id]
		err = errors.CombineErrors(err, d.again(func() error { return d.scrub(op, m, 0) }))
	}
	for _, c := range d.arena.chunks {
		from := gpu.Bytes(0)
		if d.desk != nil && c == d.desk.chunk {
			from = d.desk.size // the desk is at its start, and is cleared last
		}
		err = errors.CombineErrors(err, d.again(func() error { return d.scrub(op, c.m, from) }))
	}
	if d.desk != nil {
		err = errors.CombineErrors(err, d.again(func() error { return d.clearDesk(op) }))
	}
	return err
}

// again does a second time what failed, unless that is of no use. The first
// error is returned in any case: nothing that failed stays unsaid.
func (d *device) again(do func() error) error {
	var err error
	for range 2 {
		if d.poison != nil {
			break // told already
		}
		next := do()
		if err = errors.CombineErrors(err, next); next == nil {
			break
		}
	}
	return err
}

// scrub zeroes a mapping from the offset on, and proves it.
func (d *device) scrub(op string, m *mapping, from gpu.Bytes) error {
	size := m.size.SubSat(from)
	if !m.mapped || size == 0 {
		return nil
	}
	if m.prot != gpu.ReadWrite {
		if err := d.protect(op, m, gpu.ReadWrite); err != nil {
			return err
		}
	}
	if err := d.queueZero(op, &d.lanes.copies, m.at(from), from, size); err != nil {
		return err
	}
	if !d.own.loaded || d.desk == nil {
		return d.wait(op, &d.lanes.copies, 0) // a device that could not be opened: nothing can prove it
	}
	dirty, err := d.nonZero(op, m.at(from), size)
	if err != nil {
		return err
	}
	if dirty {
		return d.refuse(op, gpu.ErrScrubFailed, "")
	}
	return nil
}

// release gives everything back without scrubbing, and goes on after errors.
// What is left then is tried once more.
func (d *device) release(op string) error {
	err := d.releaseOnce(op)
	if err == nil {
		return nil
	}
	return errors.CombineErrors(err, d.releaseOnce(op))
}

func (d *device) releaseOnce(op string) error {
	if d.poison != nil {
		return d.abandon(op)
	}
	d.keeps, d.kernels = map[*kept]bool{}, map[string]*kernel{}
	err := d.freeHosts(op)
	err = errors.CombineErrors(err, d.dropOwn(op))
	for digest := range d.modules {
		err = errors.CombineErrors(err, d.dropModule(op, digest))
	}
	err = errors.CombineErrors(err, d.dropLanes(op))
	err = errors.CombineErrors(err, d.dropMappings(op))
	if d.poison != nil {
		return errors.CombineErrors(err, d.abandon(op))
	}
	return errors.CombineErrors(err, d.dropContext(op))
}

// dropMappings undoes all mappings.
func (d *device) dropMappings(op string) error {
	var err error
	for _, id := range slices.Sorted(maps.Keys(d.extents)) {
		m := d.extents[id]
		err = errors.CombineErrors(err, d.dropMapping(op, m))
		if !m.there() {
			d.forget(id)
		}
	}
	d.arena.chunks = slices.DeleteFunc(d.arena.chunks, func(c *chunk) bool {
		err = errors.CombineErrors(err, d.dropMapping(op, c.m))
		return !c.m.there()
	})
	d.stuck = slices.DeleteFunc(d.stuck, func(m *mapping) bool {
		err = errors.CombineErrors(err, d.dropMapping(op, m))
		return !m.there()
	})
	return err
}

// forget takes an extent off the list.
func (d *device) forget(id gpu.ExtentID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.extents, id)
}

// abandon ends a poisoned device. Its context goes first: with it go streams,
// events, modules and page-locked memory, and the driver takes mappings back
// again. A context of others stays as long as they hold it, and it is theirs
// to see that it is of no use.
func (d *device) abandon(op string) error {
	if !d.abandoned {
		d.abandoned = true
		d.note("closed after a failure that the driver does not recover from: scrubbing was left to the driver")
	}
	err := d.wipeHosts(op)
	err = errors.CombineErrors(err, d.dropContext(op))
	if !d.context.there {
		d.lanes, d.own, d.modules, d.hosts = lanes{}, ownKernels{}, map[[32]byte]*module{}, map[*byte][]byte{}
	}
	return errors.CombineErrors(err, d.dropMappings(op))
}
