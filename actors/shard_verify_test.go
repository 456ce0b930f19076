package actors

import (
	"testing"
	"testing/synctest"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal"
)

// verify asks for a check.
func (s *stage) verify(rec *shard) *call {
	c := s.call(rec, opVerify)
	rec.tell(shardVerify{c})
	s.waits(c)
	return c
}

// verdict is the answer to a check that could be carried out.
func (s *stage) verdict(c *call) Verdict {
	s.t.Helper()
	synctest.Wait()
	if len(c.done) == 0 {
		s.t.Fatalf("%s is not answered", c.op)
	}
	v, err := await[Verdict](c)
	if err != nil {
		s.t.Errorf("%s: %v", c.op, err)
	}
	return v
}

func (s *stage) flip(rec *shard, off gpu.Bytes) {
	s.t.Helper()
	at := rec.buffer.Span()
	if err := s.control.Flip(at.Extent, at.Offset.AddSat(off), 2); err != nil {
		s.t.Fatal(err)
	}
}

// TestChecksJoinWhatHasNotBegun and never a pass under way.
func TestChecksJoinWhatHasNotBegun(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 3<<20)
		first, joins := s.verify(rec), s.verify(rec)
		if len(rec.verifying) != 1 || rec.snapshot().State != seal.StateVerifying {
			t.Errorf("%d passes for two that wait", len(rec.verifying))
		}
		w := s.rec.queue.next()
		if w.step(s.device, 1) {
			t.Fatal("the pass took one slice only")
		}
		late := s.verify(rec)
		if len(rec.verifying) != 2 {
			t.Errorf("%d passes: the bytes may change behind one that has begun", len(rec.verifying))
		}
		s.do(w)
		s.rec.queue.finish(w)
		for _, c := range []*call{first, joins} {
			if v := s.verdict(c); v.Failure != nil || v.ID != "a" || v.Bytes != 3<<20 {
				t.Errorf("%+v", v)
			}
		}
		s.waits(late)
		if rec.snapshot().State != seal.StateVerifying {
			t.Error("it does not look as if it was being verified")
		}
		s.serve()
		if v := s.verdict(late); v.Failure != nil || rec.snapshot().State != seal.StateSealed || !v.Started.Equal(rec.snapshot().LastVerified) {
			t.Errorf("%+v", v)
		}
		s.releases(rec)
	})
}

// TestMismatchIsReportedBeforeItIsAnswered quarantines, and answers when the
// incident is on record.
func TestMismatchIsReportedBeforeItIsAnswered(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 9000)
		s.flip(rec, 8500)
		first, second := s.verify(rec), s.verify(rec)
		s.serve()
		s.waits(first)
		reports := s.incidents.take()
		if len(reports) != 1 || rec.snapshot().State != seal.StateQuarantined || rec.serves() == nil {
			t.Fatalf("reported %v", reports)
		}
		report := reports[0].(incidentReport)
		if report.shard != rec || len(report.calls) != 2 || report.failure.Reason != "digest" || report.failure.BadBlock != 2 {
			t.Errorf("reported %+v", report)
		}
		callback := s.call(rec, opExecute)
		rec.tell(incidentRecorded{id: "incident-1", calls: append(report.calls, callback, nil)})
		s.fails(callback, ErrIntegrity)
		for _, c := range []*call{first, second} {
			if v := s.verdict(c); v.Failure == nil || v.Failure.Incident != "incident-1" || v.Failure.BadBlock != 2 {
				t.Errorf("%+v", v)
			}
		}
		again := s.call(rec, opVerify)
		rec.tell(shardVerify{again})
		if v := s.verdict(again); v.Failure == nil || s.rec.queue.next() != nil {
			t.Error("a verdict that stands was asked for again")
		}
		rec.tell(incidentRecorded{id: "incident-2"})
		s.serve()
		if id := rec.snapshot().Failure.Incident; id != "incident-1" {
			t.Errorf("the incident became %s", id)
		}
		s.releases(rec)
	})
}

// TestMismatchThatOthersFound is reported the same.
func TestMismatchThatOthersFound(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 9000)
		c := s.call(rec, opExecute)
		rec.tell(mismatchFound{failure: Failure{Reason: "residency"}, call: c})
		reports := s.incidents.take()
		if len(reports) != 1 {
			t.Fatalf("reported %v", reports)
		}
		rec.tell(incidentRecorded{id: "i", calls: reports[0].(incidentReport).calls})
		s.fails(c, ErrIntegrity)
		s.releases(rec)
	})
}

// TestCheckThatCannotBeDone says nothing about the bytes.
func TestCheckThatCannotBeDone(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 9000)
		for _, op := range []sim.Op{sim.OpResidency, sim.OpDigest, sim.OpStep} {
			s.control.Fail(op, 1, gpu.ErrUnknown, false)
			c := s.verify(rec)
			s.serve()
			s.fails(c, gpu.ErrUnknown)
			if rec.serves() != nil || rec.snapshot().State != seal.StateSealed || rec.pins != 0 {
				t.Errorf("%s: %+v", op, rec.snapshot())
			}
		}
		waiting := s.verify(rec)
		c := s.call(rec, opRelease)
		rec.tell(shardRelease{call: c})
		s.serve()
		s.fails(c, nil)
		s.fails(waiting, ErrNotFound)
		s.over(rec)
	})
}

// TestShardIsAdopted in each phase by the actor that comes after a crash.
func TestShardIsAdopted(t *testing.T) {
	for p := phaseNew; p <= phaseReleasing; p++ {
		onStage(t, func(t *testing.T, s *stage) {
			var rec *shard
			switch {
			case p <= phaseAllocating:
				rec = s.shard("a", 5000)
			case p < phaseSealed:
				rec = s.load("a", 5000)
			default:
				rec = s.sealed("a", 5000)
			}
			loading, checking, releasing := s.call(rec, opLoad), s.call(rec, opVerify), s.call(rec, opRelease)
			rec.phase, rec.restarts = p, 1
			switch {
			case p < phaseSealed:
				rec.loading = loading
			case p == phaseSealed:
				rec.verifying = []*check{{job: &digestJob{shard: rec}, calls: []*call{checking}}}
			default:
				rec.waiting = []*call{releasing}
			}
			s.play(rec)
			if p == phaseSealed && !rec.snapshot().Unverified {
				t.Error("the bytes are trusted after a crash")
			}
			s.serve()
			switch {
			case p < phaseSealed:
				s.fails(loading, ErrCrashed)
			case p == phaseSealed:
				if v := s.verdict(checking); v.Failure != nil || rec.snapshot().Unverified || rec.serves() != nil {
					t.Errorf("%+v, %+v", v, rec.snapshot())
				}
				s.releases(rec)
			default:
				s.fails(releasing, nil)
			}
			s.over(rec)
			for _, c := range []*call{loading, checking, releasing} {
				c.answer(nil, nil) // those that this phase does not have
			}
		})
	}
}

// TestShardIsScrubbedAgain after a restart of its device in the midst of it.
func TestShardIsScrubbedAgain(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 8<<20)
		c := s.call(rec, opRelease)
		rec.tell(shardRelease{call: c})
		s.waits(c)
		if w := s.rec.queue.next(); w == nil || w.step(s.device, 1) {
			t.Fatal("the scrub took one slice only")
		}
		for _, w := range s.rec.queue.takeCurrent() {
			w.fail(fail(ErrCrashed, "", "restarted"))
		}
		s.waits(c)
		s.serve()
		s.fails(c, nil)
		s.over(rec)
	})
}
