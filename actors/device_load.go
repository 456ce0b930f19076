package actors

import (
	"context"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
)

// allocateWork gets memory for a shard: reserved, mapped, booked, and proven
// to be on the device, or nothing of it.
type allocateWork struct{ shard *shard }

func (w *allocateWork) class() class { return classSeal }

func (w *allocateWork) step(d *device, _ time.Duration) bool {
	if w.shard.at() != phaseAllocating {
		return true // given up while it waited; the release went first
	}
	err := w.allocate(d)
	id, size, now := w.shard.spec.ID, uint64(w.shard.spec.Size), d.rec.book.Snapshot()
	if err == nil {
		w.shard.logged = true
		d.env.emit(audit.VramAllocated(id, d.rec.index, size, uint64(now.Available), uint64(now.Used.AddSat(now.Reserved))))
	} else {
		d.env.emit(audit.VramAllocationFailed(id, d.rec.index, size, uint64(now.Available), uint64(now.Used.AddSat(now.Reserved)), kindOf(err)))
	}
	w.shard.tell(allocated{err})
	return true
}

func (w *allocateWork) fail(err error) { w.shard.tell(allocated{err}) }

func (w *allocateWork) allocate(d *device) error {
	id, size := w.shard.spec.ID, w.shard.spec.Size
	if err := d.rec.serves(); err != nil {
		return err
	}
	if m, err := d.rec.dev.Memory(); err == nil {
		d.rec.book.Observe(m.Free)
	} else {
		return deviceError(id, d.driver(err))
	}
	growth, err := d.rec.heap.Plan(size)
	if err != nil {
		return deviceError(id, d.driver(err))
	}
	err = d.rec.book.Reserve(id, size, growth)
	if errors.Is(err, ledger.ErrInsufficient) && d.spareScratch() {
		err = d.rec.book.Reserve(id, size, growth)
	}
	if err != nil {
		return err
	}
	before := d.rec.heap.Mapped()
	buffer, err := d.rec.heap.Alloc(size)
	if err != nil {
		err = errors.CombineErrors(deviceError(id, d.driver(err)), d.rec.book.Release(id, 0))
		d.tidy()
		return err
	}
	w.shard.buffer = buffer
	if grown := d.rec.heap.Mapped().SubSat(before); grown > 0 {
		if err := d.rec.book.MapExtent(id, grown); err != nil {
			return err // the shard's actor releases what is mapped
		}
	}
	if _, err := buffer.Residency(); err != nil {
		return d.resident(id, err)
	}
	return nil
}

// resident turns a residency error into what it means: a policy violation,
// or a failed driver call.
func (d *device) resident(id string, err error) error {
	if !errors.Is(err, gpu.ErrNotResident) {
		return deviceError(id, d.driver(err))
	}
	d.env.emit(audit.PolicyViolation("vram_only_policy", err.Error(), d.rec.index))
	return wrap(ErrNotResident, id, err)
}

// writeWork copies one chunk of a shard that is loading.
type writeWork struct {
	shard *shard
	off   gpu.Bytes
	p     []byte
	ctx   context.Context
	done  chan error // capacity 1
}

func (w *writeWork) class() class { return classSeal }

func (w *writeWork) step(d *device, _ time.Duration) bool {
	w.done <- w.write(d)
	return true
}

func (w *writeWork) write(d *device) error {
	if err := w.ctx.Err(); err != nil {
		return errors.Wrap(err, "the load was given up")
	}
	if w.shard.at() != phaseLoading || w.shard.buffer == nil {
		return w.shard.refused(fail(ErrNotSealed, w.shard.spec.ID, "the load was given up"))
	}
	return deviceError(w.shard.spec.ID, d.driver(w.shard.buffer.WriteAt(w.p, w.off)))
}

func (w *writeWork) fail(err error) { w.done <- err }

// scrubWork zeroes a shard's memory, proves it, and gives it back.
type scrubWork struct {
	shard *shard
	scrub *gpu.Scrub
	told  func(freed) // instead of the shard's actor, if set
}

func (w *scrubWork) tell(m freed) {
	if w.told != nil {
		w.told(m)
		return
	}
	w.shard.tell(m)
}

// class: what is to be freed makes room, and a release never waits for loads.
func (w *scrubWork) class() class { return classControl }

func (w *scrubWork) step(d *device, slice time.Duration) bool {
	if m := w.shard.scrubbed; m != nil { // asked for twice: its id may mean another shard by now
		w.tell(*m)
		return true
	}
	if w.shard.pins > 0 {
		w.shard.parked = w
		return true
	}
	done, unmapped, err := w.advance(d, slice)
	if !done && err == nil {
		return false
	}
	if err != nil && !gpu.IsSticky(err) {
		d.quarantine("freed memory could not be proven zero")
		if b := w.shard.buffer; b != nil {
			// With its scrub: what failed may be the very end of giving it back,
			// after which the device takes no more zeroes for it.
			d.rec.stuck = append(d.rec.stuck, heldBuffer{buffer: b, scrub: w.scrub, shard: w.shard.spec.ID})
		}
	}
	w.shard.scrubbed = &freed{unmapped: unmapped, err: err}
	w.tell(*w.shard.scrubbed)
	return true
}

func (w *scrubWork) fail(err error) { w.tell(freed{err: err}) }

// advance scrubs for one slice and frees after the last.
func (w *scrubWork) advance(d *device, slice time.Duration) (bool, gpu.Bytes, error) {
	s, id := w.shard, w.shard.spec.ID
	if s.kept != nil {
		if err := s.kept.Close(); err != nil && !gpu.IsSticky(err) {
			return true, 0, d.driver(err)
		}
		s.kept = nil
	}
	if s.buffer == nil {
		return true, 0, ignoreUnknown(d.rec.book.Release(id, 0))
	}
	if w.scrub == nil {
		scrub, err := d.rec.heap.Scrub(s.buffer)
		if err != nil {
			return true, 0, d.driver(err)
		}
		w.scrub = scrub
	}
	done, err := w.scrub.Step(slice)
	if err != nil || !done {
		return err != nil, 0, d.driver(err)
	}
	unmapped, err := d.rec.heap.Free(w.scrub)
	if err != nil {
		return true, 0, d.driver(err)
	}
	s.buffer = nil
	return true, unmapped, d.rec.book.Release(id, unmapped)
}
