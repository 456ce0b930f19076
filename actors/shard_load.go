package actors

import (
	"crypto/subtle"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// From nothing to sealed: load → allocated → (bytes are written) → seal →
// digested → audited. Whatever fails on the way releases what there is.

func (a *shardActor) onLoad(m shardLoad) {
	if a.rec.at() != phaseNew {
		m.call.answer(nil, a.rec.refused(fail(ErrConflict, a.rec.spec.ID, "it is being loaded already")))
		return
	}
	a.rec.loading = m.call
	a.rec.set(phaseAllocating, seal.StateLoading)
	a.rec.device.submit(&allocateWork{a.rec})
}

func (a *shardActor) onAllocated(m allocated) {
	if a.rec.at() != phaseAllocating {
		return // given up in the meantime; the release takes the memory back
	}
	if m.err != nil {
		a.giveUp(m.err)
		return
	}
	a.rec.set(phaseLoading, seal.StateLoading)
	a.answerLoading(struct{}{}, nil)
}

func (a *shardActor) onSeal(m shardSeal) {
	if a.rec.at() != phaseLoading {
		m.call.answer(nil, a.rec.refused(fail(ErrNotSealed, a.rec.spec.ID, "the load was given up")))
		return
	}
	a.rec.loading = m.call
	a.rec.set(phaseDigesting, seal.StateLoading)
	job := &digestJob{shard: a.rec, keep: true}
	job.done = func(j *digestJob) { a.rec.send(digested{j}) }
	a.rec.device.submit(newDigestWork(classSeal, job))
}

// onFirstDigest seals what arrived in device memory, if it is what the caller
// expects.
func (a *shardActor) onFirstDigest(j *digestJob) {
	id := a.rec.spec.ID
	if j.err != nil {
		a.giveUp(deviceError(id, j.err))
		return
	}
	if want := a.rec.spec.Expect; want != nil && subtle.ConstantTimeCompare(want[:], j.digest[:]) != 1 {
		a.env.emit(audit.SealVerificationFailed(id, a.rec.device.index, uint64(a.rec.spec.Size), hexDigest(*want), hexDigest(j.digest), "expected", audit.NoBlock))
		a.giveUp(fail(ErrUnexpected, id, "what arrived in device memory does not have the expected digest; nothing was kept"))
		return
	}
	draft, err := a.draft(j)
	if err != nil {
		a.giveUp(err)
		return
	}
	handle, err := a.env.keys.Seal(draft)
	if err != nil {
		a.giveUp(err)
		return
	}
	a.rec.mu.Lock()
	a.rec.handle, a.rec.phase = handle, phaseCommitting
	a.rec.mu.Unlock()
	a.rec.passed(j.started, j.exposures)
	record := audit.VramSealed(id, a.rec.device.index, uint64(a.rec.spec.Size), hexDigest(j.digest), handle.GPUUUID, handle.ModelRef)
	a.env.write(record, func(err error) { a.rec.send(shardAudited{err}) })
}

// draft is the handle of what the job digested, without its seal.
func (a *shardActor) draft(j *digestJob) (seal.Handle, error) {
	generation, err := seal.NewGeneration()
	if err != nil {
		return seal.Handle{}, err
	}
	a.rec.mu.Lock()
	h := a.rec.draft()
	a.rec.mu.Unlock()
	h.Digest, h.Generation = j.digest, generation
	h.SealedAt = time.Now().UTC()
	return h, nil
}

// draft is what is known of the handle before the shard is digested. The
// caller holds the record's lock.
func (s *shard) draft() seal.Handle {
	info := s.device.info
	return seal.Handle{
		ShardID: s.spec.ID, GPUDevice: info.Index, GPUUUID: info.UUID, Kind: string(info.Kind),
		VRAMBytes: uint64(s.spec.Size), DigestAlg: verity.Algorithm, ModelRef: s.spec.ModelRef,
		ShardIndex: s.spec.ShardIndex, TotalShards: s.spec.TotalShards,
		State: s.state,
	}
}

// onAudited commits: from here on the shard serves.
func (a *shardActor) onAudited(m shardAudited) {
	if a.rec.at() != phaseCommitting {
		return
	}
	if m.err != nil {
		a.giveUp(wrap(ErrAuditFailed, a.rec.spec.ID, m.err))
		return
	}
	if err := a.rec.device.book.Commit(a.rec.spec.ID); err != nil {
		a.giveUp(err)
		return
	}
	if a.rec.device.current() == DeviceLost {
		a.giveUp(fail(ErrDeviceLost, a.rec.spec.ID, "its device is gone"))
		return
	}
	a.rec.set(phaseSealed, seal.StateSealed)
	if a.rec.device.current() == DeviceLost {
		a.rec.lose() // in the meantime: it would look sealed
	}
	a.env.hub.publish(Event{Kind: EventSealed, Shard: a.rec.spec.ID, Device: a.rec.device.index})
	view := a.rec.snapshot()
	a.answerLoading(view.Handle, nil)
	if view.Unverified { // its device reported something after the first digest
		a.recheck()
	}
}

// giveUp ends a load for the reason and gives back what there is.
func (a *shardActor) giveUp(reason error) {
	a.rec.refuse(reason)
	a.scrub()
}

func (a *shardActor) answerLoading(value any, err error) {
	if c := a.rec.loading; c != nil {
		a.rec.loading = nil
		c.answer(value, err)
	}
}

// kindOf names an allocation failure for the log without any detail that an
// error of the driver may carry.
func kindOf(err error) string {
	var driver *gpu.Error
	switch {
	case errors.As(err, &driver):
		return string(driver.Code)
	case errors.Is(err, ErrNotResident):
		return string(ErrNotResident)
	case errors.Is(err, ErrQuarantined):
		return string(ErrQuarantined)
	}
	return "not enough device memory"
}
