package actors

import (
	"github.com/asynkron/protoactor-go/actor"
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/ledger"
	"github.com/vram-engine/vram-engine/seal"
)

func (a *shardActor) onRelease(m shardRelease) {
	switch a.rec.at() {
	case phaseReleased:
		if m.call != nil {
			m.call.answer(nil, fail(ErrNotFound, a.rec.spec.ID, "it is released"))
		}
		return
	case phaseReleasing:
	case phaseNew, phaseAllocating, phaseLoading, phaseDigesting, phaseCommitting:
		if m.reason == nil {
			m.reason = fail(ErrNotSealed, a.rec.spec.ID, "it was released while it was loading")
		}
		a.rec.refuse(m.reason)
		a.scrub()
	case phaseSealed:
		a.scrub()
	}
	if m.call != nil {
		a.rec.waiting = append(a.rec.waiting, m.call)
	}
}

// scrub asks the device to zero the memory and take it back. Checks that wait
// are answered by their passes, which find that it is released.
func (a *shardActor) scrub() {
	a.rec.releasing()
	a.rec.device.submit(&scrubWork{shard: a.rec})
}

func (s *shard) releasing() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = phaseReleasing
}

// onFreed ends the shard.
func (a *shardActor) onFreed(c actor.Context, m freed) {
	if a.rec.at() != phaseReleasing {
		return
	}
	if errors.Is(m.err, ErrCrashed) {
		a.scrub() // the device restarted: once more
		return
	}
	a.env.released(a.rec, m)
	c.Stop(c.Self())
}

// released ends a shard's record. On a lost device the memory could not be
// scrubbed: the driver wipes it when it gets it back. Where a scrub failed on a
// device that lives, the device was quarantined; the memory stays booked, and
// is scrubbed when the device is tested.
func (e *env) released(s *shard, m freed) {
	if s.at() != phaseReleasing {
		return
	}
	id, dev := s.spec.ID, s.device
	err := m.err
	if err != nil && dev.current() == DeviceLost {
		err = ignoreUnknown(dev.book.Release(id, 0))
	}
	if s.logged {
		now := dev.book.Snapshot()
		e.emit(audit.VramDeallocated(id, dev.index, uint64(s.spec.Size), uint64(now.Available), uint64(now.Used.AddSat(now.Reserved)), m.err == nil))
	}
	s.set(phaseReleased, seal.StateReleased)
	e.shards.remove(s)
	e.hub.publish(Event{Kind: EventReleased, Shard: id, Device: dev.index})
	if c := s.loading; c != nil {
		s.loading = nil
		c.answer(nil, s.refused(nil))
	}
	answerAll(s.waiting, struct{}{}, err)
	s.waiting = nil
}

func ignoreUnknown(err error) error {
	if errors.Is(err, ledger.ErrUnknown) {
		return nil
	}
	return err
}
