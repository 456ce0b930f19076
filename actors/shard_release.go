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
		a.rec.releasing = append(a.rec.releasing, m.call)
	}
}

// scrub asks the device to zero the memory and take it back. Checks that wait
// are answered by their passes, which find no buffer.
func (a *shardActor) scrub() {
	a.rec.mu.Lock()
	a.rec.phase = phaseReleasing
	a.rec.mu.Unlock()
	a.rec.device.submit(&scrubWork{shard: a.rec})
}

// onFreed ends the shard. On a lost device the memory could not be scrubbed:
// the driver wipes it when it gets it back. Where a scrub failed on a device
// that lives, the device was quarantined; the memory stays booked, and is
// scrubbed when the device is tested.
func (a *shardActor) onFreed(c actor.Context, m freed) {
	if a.rec.at() != phaseReleasing {
		return
	}
	id, dev := a.rec.spec.ID, a.rec.device
	err := m.err
	switch {
	case err == nil:
	case errors.Is(err, ErrCrashed):
		a.scrub() // the device restarted: once more
		return
	case dev.current() == DeviceLost:
		err = ignoreUnknown(dev.book.Release(id, 0))
	}
	if a.rec.logged {
		now := dev.book.Snapshot()
		a.env.emit(audit.VramDeallocated(id, dev.index, uint64(a.rec.spec.Size), uint64(now.Available), uint64(now.Used.AddSat(now.Reserved)), m.err == nil))
	}
	a.rec.set(phaseReleased, seal.StateReleased)
	a.env.shards.remove(a.rec)
	a.env.hub.publish(Event{Kind: EventReleased, Shard: id, Device: dev.index})
	a.answerLoading(nil, a.rec.refused(nil))
	answerAll(a.rec.releasing, struct{}{}, err)
	a.rec.releasing = nil
	for _, w := range a.rec.verifying {
		answerAll(w.calls, nil, fail(ErrNotFound, id, "it was released"))
	}
	a.rec.verifying = nil
	c.Stop(c.Self())
}

func ignoreUnknown(err error) error {
	if errors.Is(err, ledger.ErrUnknown) {
		return nil
	}
	return err
}
