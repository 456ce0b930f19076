package actors

import "testing"

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
			loading, releasing := s.call(rec, opLoad), s.call(rec, opRelease)
			var checking question
			rec.phase, rec.restarts = p, 1
			switch {
			case p < phaseSealed:
				rec.loading = loading
			case p == phaseSealed:
				checking = s.verify(rec) // it was queued before the crash
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
				if v := s.answered(checking)[0]; v.Failure != nil || rec.snapshot().Unverified || rec.serves() != nil {
					t.Errorf("%+v, %+v", v, rec.snapshot())
				}
				s.releases(rec)
			default:
				s.fails(releasing, nil)
			}
			s.over(rec)
			for _, c := range []*call{loading, releasing} {
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
