package actors

import (
	"testing"
	"testing/synctest"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal"
)

// question is a request for checks and where the verdicts go.
type question struct {
	*call
	verdicts []Verdict
}

// verify asks for checks.
func (s *stage) verify(recs ...*shard) question {
	var places []place
	for i, rec := range recs {
		places = append(places, place{rec, i})
	}
	q := question{verdicts: make([]Verdict, len(recs))}
	q.call = s.env.inquire(s.t.Context(), places, q.verdicts)
	return q
}

// asks is a check that somebody waits for, of which no pass is queued.
func (s *stage) asks(rec *shard) (*call, *digestJob) {
	q := &inquiry{call: s.env.calls.inner(s.t.Context(), "", opVerify), left: 1, verdicts: make([]Verdict, 1)}
	job := &digestJob{shard: rec, asked: []asker{{q, 0}}}
	if alone, _, err := rec.ask(job); !alone || err != nil {
		s.t.Fatal(alone, err)
	}
	return q.call, job
}

// answered is what a question is answered with.
func (s *stage) answered(q question) []Verdict {
	s.t.Helper()
	s.fails(q.call, nil)
	return q.verdicts
}

// reported is the incidents that were reported since.
func (s *stage) reported() []incidentReport {
	s.t.Helper()
	var reports []incidentReport
	for _, m := range s.incidents.take() {
		r, ok := m.(incidentReport)
		if !ok {
			s.t.Fatalf("the incidents were told a %T", m)
		}
		reports = append(reports, r)
	}
	return reports
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
		first, joins := s.verify(rec), s.verify(rec, rec)
		if rec.checks != 1 || rec.snapshot().State != seal.StateVerifying {
			t.Errorf("%d passes for three that wait", rec.checks)
		}
		w := s.rec.queue.next()
		if w.step(s.device, 1) {
			t.Fatal("the pass took one slice only")
		}
		late := s.verify(rec)
		if rec.checks != 2 {
			t.Errorf("%d passes: the bytes may change behind one that has begun", rec.checks)
		}
		s.do(w)
		s.rec.queue.finish(w)
		for _, q := range []question{first, joins} {
			for _, v := range s.answered(q) {
				if v.Failure != nil || v.ID != "a" || v.Bytes != 3<<20 {
					t.Errorf("%+v", v)
				}
			}
		}
		s.waits(late.call)
		if rec.snapshot().State != seal.StateVerifying {
			t.Error("it does not look as if it was being verified")
		}
		s.serve()
		if v := s.answered(late)[0]; v.Failure != nil || rec.snapshot().State != seal.StateSealed || !v.Started.Equal(rec.snapshot().LastVerified) {
			t.Errorf("%+v", v)
		}
		s.releases(rec)
	})
}

// TestMismatchIsReportedBeforeItIsAnswered quarantines, and answers all who
// asked, for this shard and others, when the incident is on record.
func TestMismatchIsReportedBeforeItIsAnswered(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec, well := s.seals("a", 9000), s.seals("b", 9000)
		s.flip(rec, 8500)
		first, second := s.verify(well, rec), s.verify(rec)
		s.serve()
		s.waits(first.call)
		reports := s.reported()
		if len(reports) != 1 || rec.snapshot().State != seal.StateQuarantined || rec.serves() == nil || well.serves() != nil {
			t.Fatalf("reported %v", reports)
		}
		report := reports[0]
		if report.shard != rec || len(report.calls) != 2 || report.failure.Reason != "digest" || report.failure.BadBlock != 2 {
			t.Errorf("reported %+v", report)
		}
		s.env.recorded(report, "incident-1")
		if v := s.answered(first); v[0].Failure != nil || v[1].Failure == nil || v[1].Failure.Incident != "incident-1" || v[1].Failure.BadBlock != 2 {
			t.Errorf("%+v", v)
		}
		if v := s.answered(second)[0]; v.Failure == nil || v.Failure.Incident != "incident-1" {
			t.Errorf("%+v", v)
		}
		again := s.verify(rec)
		s.waits(again.call)
		reports = s.reported()
		if len(reports) != 1 || s.rec.queue.next() != nil {
			t.Fatal("a verdict that stands was asked for again")
		}
		s.env.recorded(reports[0], "incident-2")
		if f := s.answered(again)[0].Failure; f == nil || f.Incident != "incident-1" {
			t.Errorf("the incident became %+v", f)
		}
		s.releasesAll(rec, well)
	})
}

// TestMismatchOfWhatWasReleased is reported all the same.
func TestMismatchOfWhatWasReleased(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 9000)
		c, job := s.asks(rec)
		job.digest = [32]byte{1}
		s.releases(rec)
		checks{[]*digestJob{job}}.settle(s.env)
		reports := s.reported()
		if len(reports) != 1 || reports[0].shard != rec || reports[0].failure.Reason != "digest" {
			t.Fatalf("reported %+v", reports)
		}
		s.waits(c)
		s.env.recorded(reports[0], "incident-1")
		s.fails(c, nil)
	})
}

// TestVerdictOfCrashes is no incident.
func TestVerdictOfCrashes(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 9000)
		rec.crashed(s.env, true)
		if v := s.answered(s.verify(rec))[0]; v.Failure == nil || v.Failure.Reason != reasonCrashes || len(s.reported()) != 0 {
			t.Errorf("%+v", v)
		}
		s.releases(rec)
	})
}

// TestCheckIsToldOnce whatever happens to it afterwards.
func TestCheckIsToldOnce(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 9000)
		c, job := s.asks(rec)
		m := checks{[]*digestJob{job}}
		m.fail(fail(ErrCrashed, "", "test"))
		m.fail(fail(ErrClosed, "", "test"))
		m.settle(s.env)
		s.fails(c, ErrCrashed)
		if rec.checks != 0 || rec.snapshot().State != seal.StateSealed || len(s.reported()) != 0 {
			t.Errorf("%d checks, %+v", rec.checks, rec.snapshot())
		}
		s.releases(rec)
	})
}

// TestFirstErrorOfAnInquiry is that of the first place, whichever came first.
func TestFirstErrorOfAnInquiry(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		q := &inquiry{call: s.env.calls.inner(t.Context(), "", opVerify), left: 3, verdicts: make([]Verdict, 3)}
		q.end(2, Verdict{}, ErrNotSealed)
		q.end(0, Verdict{ID: "a"}, nil)
		s.waits(q.call)
		q.end(1, Verdict{}, ErrNotFound)
		s.fails(q.call, ErrNotFound)
		if q.verdicts[0].ID != "a" {
			t.Errorf("%+v", q.verdicts)
		}
	})
}

// TestCheckThatCannotBeDone says nothing about the bytes.
func TestCheckThatCannotBeDone(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		rec := s.seals("a", 9000)
		for _, op := range []sim.Op{sim.OpResidency, sim.OpDigest, sim.OpStep} {
			s.control.Fail(op, 1, gpu.ErrUnknown, false)
			q := s.verify(rec)
			s.serve()
			s.fails(q.call, gpu.ErrUnknown)
			if rec.serves() != nil || rec.snapshot().State != seal.StateSealed || rec.pins != 0 {
				t.Errorf("%s: %+v", op, rec.snapshot())
			}
		}
		waiting := s.verify(rec)
		c := s.call(rec, opRelease)
		rec.tell(shardRelease{call: c})
		s.serve()
		s.fails(c, nil)
		s.fails(waiting.call, ErrNotFound)
		s.over(rec)
		s.fails(s.verify(rec).call, ErrNotFound)
	})
}
