package actors

import (
	"errors"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/ledger"
	"github.com/vram-engine/vram-engine/seal"
)

// loading plays a shard until its bytes are in device memory.
func (s *stage) loading(id string, size int) *shard {
	s.t.Helper()
	rec := s.shard(id, gpu.BytesOf(size))
	rec.phase = phaseNew
	s.play(rec)
	c := s.call(rec, opLoad)
	rec.tell(shardLoad{c})
	s.waits(c)
	s.serve()
	s.fails(c, nil)
	w := &writeWork{shard: rec, p: content(size), ctx: s.t.Context(), done: make(chan error, 1)}
	s.do(w)
	if err := <-w.done; err != nil {
		s.t.Fatal(err)
	}
	return rec
}

// seals plays a shard until it serves.
func (s *stage) seals(id string, size int) *shard {
	s.t.Helper()
	rec := s.loading(id, size)
	c := s.call(rec, opLoad)
	rec.tell(shardSeal{c})
	s.serve()
	s.waits(c) // for the record
	s.audited(nil)
	s.fails(c, nil)
	return rec
}

// releases ends what is left of a shard, and checks that nothing stays.
func (s *stage) releases(rec *shard) {
	s.t.Helper()
	s.releasesAll(rec)
}

// releasesAll is releases for several.
func (s *stage) releasesAll(recs ...*shard) {
	s.t.Helper()
	for i, rec := range recs {
		c := s.call(rec, opRelease)
		rec.tell(shardRelease{call: c})
		s.serve()
		s.fails(c, nil)
		if i == len(recs)-1 {
			s.over(rec)
		}
	}
}

func (s *stage) over(rec *shard) {
	s.t.Helper()
	if !s.gone(rec) || rec.at() != phaseReleased || len(s.env.shards.list(nil)) != 0 {
		s.t.Errorf("in phase %d something is left", rec.at())
	}
	s.empty()
}

func TestShardIsSealedAndReleased(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 5000)
		h, ok := rec.sealed()
		if !ok || s.env.keys.Verify(h) != nil || rec.serves() != nil || rec.snapshot().State != seal.StateSealed || rec.snapshot().Unverified {
			t.Errorf("%+v", rec.snapshot())
		}
		if now := s.rec.book.Snapshot(); now.Used != 5000 || now.Reserved != 0 {
			t.Errorf("the ledger says %+v", now)
		}
		again := s.call(rec, opLoad)
		rec.tell(shardLoad{again})
		s.fails(again, ErrConflict)
		again = s.call(rec, opLoad)
		rec.tell(shardSeal{again})
		s.fails(again, ErrNotSealed)
		s.releases(rec)
		late := s.call(rec, opRelease)
		rec.tell(shardRelease{call: late}) // a dead letter
		s.fails(late, ErrNotFound)
	})
}

// TestLoadThatFails gives everything back, at whatever step.
func TestLoadThatFails(t *testing.T) {
	for what, row := range map[string]struct {
		prepare func(s *stage, rec *shard)
		audit   error
		load    error // of the load, or
		seal    error // of the seal
	}{
		"no room":      {prepare: func(_ *stage, rec *shard) { rec.spec.Size = 1 << 30 }, load: ledger.ErrInsufficient},
		"map":          {prepare: func(s *stage, _ *shard) { s.control.Fail(sim.OpMap, 1, gpu.ErrUnknown, false) }, load: gpu.ErrUnknown},
		"not resident": {prepare: func(s *stage, _ *shard) { s.control.Lie(func(r *gpu.Residency) { r.Managed = true }) }, load: ErrNotResident},
		"quarantined":  {prepare: func(s *stage, _ *shard) { s.quarantine("test") }, load: ErrQuarantined},
		"digest":       {prepare: func(s *stage, _ *shard) { s.control.Fail(sim.OpDigest, 1, gpu.ErrUnknown, false) }, seal: gpu.ErrUnknown},
		"protect":      {prepare: func(s *stage, _ *shard) { s.control.Fail(sim.OpProtect, 1, gpu.ErrUnknown, false) }, seal: gpu.ErrUnknown},
		"not expected": {prepare: func(_ *stage, rec *shard) { rec.spec.Expect = &[32]byte{1} }, seal: ErrUnexpected},
		"no audit":     {audit: errors.New("full"), seal: ErrAuditFailed},
		"no key":       {prepare: func(s *stage, _ *shard) { s.env.keys = nil }, seal: seal.ErrKeyClosed},
	} {
		t.Run(what, func(t *testing.T) {
			onStage(t, func(t *testing.T, s *stage) {
				rec := s.shard("a", 5000)
				rec.phase = phaseNew
				if row.prepare != nil {
					row.prepare(s, rec)
				}
				s.play(rec)
				c := s.call(rec, opLoad)
				rec.tell(shardLoad{c})
				s.serve()
				s.fails(c, row.load)
				if row.load == nil {
					c = s.call(rec, opLoad)
					rec.tell(shardSeal{c})
					s.serve()
					if row.audit != nil {
						s.audited(row.audit)
						s.serve()
					}
					s.fails(c, row.seal)
				}
				s.control.Clear()
				s.over(rec)
				if told := s.auditor.take(); len(told) != 0 {
					t.Errorf("the auditor was told %v", told)
				}
			})
		})
	}
}

// TestLoadThatIsGivenUp in each phase, once and again.
func TestLoadThatIsGivenUp(t *testing.T) {
	why := errors.New("why")
	for phases := range 5 {
		onStage(t, func(t *testing.T, s *stage) {
			rec := s.shard("a", 5000)
			rec.phase = phaseNew
			var waiting *call
			s.play(rec)
			if phases >= 1 {
				waiting = s.call(rec, opLoad)
				rec.tell(shardLoad{waiting})
			}
			if phases >= 2 {
				s.serve()
				s.fails(waiting, nil)
				waiting = nil
			}
			if phases >= 3 {
				waiting = s.call(rec, opLoad)
				rec.tell(shardSeal{waiting})
			}
			if phases >= 4 {
				s.serve()
			}
			first, second := s.call(rec, opRelease), s.call(rec, opRelease)
			rec.tell(shardRelease{call: first, reason: why})
			rec.tell(shardRelease{call: second, reason: errors.New("other")})
			s.waits(first)
			s.serve()
			s.fails(first, nil)
			s.fails(second, nil)
			if waiting != nil {
				s.fails(waiting, why)
			}
			if phases >= 4 {
				s.audited(nil) // late
			}
			s.over(rec)
			if err := rec.refused(nil); !errors.Is(err, why) {
				t.Errorf("in %d phases: %v", phases, err)
			}
		})
	}
}
