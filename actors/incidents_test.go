package actors

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/audit"
)

// broken is a shard that failed at the time.
func (s *stage) broken(id string, at time.Time) *shard {
	rec := s.shard(id, 5000)
	rec.phase, rec.failure = phaseSealed, &Failure{Reason: "digest", BadBlock: 1, At: at}
	s.env.shards.add(rec)
	return rec
}

// actorOf spawns a real actor, and returns how to tell it something.
func (s *stage) actorOf(name string, producer actor.Producer) func(any) {
	s.t.Helper()
	pid, err := s.env.system.Root.SpawnNamed(actor.PropsFromProducer(producer), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return func(m any) { s.env.tell(pid, m) }
}

// TestIncidentIsActedUponThenRecordedThenTold and one incident it stays.
func TestIncidentIsActedUponThenRecordedThenTold(t *testing.T) {
	for policy, action := range map[IncidentPolicy]string{OnIncidentStop: "stopped", OnIncidentQuarantine: "quarantined"} {
		onStage(t, func(t *testing.T, s *stage) {
			tell := s.actorOf("real", func() actor.Actor { return &incidents{s.env} })
			now := time.Now()
			synctest.Wait() // else the shard is adopted
			rec := s.broken("a", now)
			c, callback := s.call(rec, opVerify), s.call(rec, opExecute)
			tell(incidentReport{shard: rec, failure: *rec.failure, calls: []*call{c, callback}})
			writes := s.auditor.take()
			if len(writes) != 1 {
				t.Fatalf("%d writes", len(writes))
			}
			s.waits(c) // for the disk
			if stopped := s.env.worker.serves() != nil; stopped != (policy == OnIncidentStop) {
				t.Errorf("%s: the worker is stopped: %v", policy, stopped)
			}
			if q := s.rec.current() == DeviceQuarantined; q != (policy == OnIncidentQuarantine) {
				t.Errorf("%s: the device is quarantined: %v", policy, q)
			}
			cases := s.env.cases.list()
			if len(cases) != 1 || cases[0].Action != action || cases[0].Shard != "a" || cases[0].BadBlock != 1 || !cases[0].Time.Equal(now) {
				t.Errorf("%+v", cases)
			}
			again := func() *call {
				c := s.call(rec, opVerify)
				tell(incidentReport{shard: rec, failure: Failure{Reason: "seal", At: now.Add(time.Hour)}, calls: []*call{c}})
				if writes := s.auditor.take(); len(writes) != 0 || len(s.env.cases.list()) != 1 {
					t.Error("a second incident of one mismatch")
				}
				return c
			}
			second := again()
			s.waits(second)
			writes[0].(auditWrite).then(errors.New("full")) // it was acted upon all the same
			s.fails(callback, ErrIntegrity)
			for _, c := range []*call{c, second, again()} {
				if v := s.verdict(c); v.ID != "a" || v.Failure == nil || v.Failure.Incident != cases[0].ID || v.Failure.BadBlock != 1 {
					t.Errorf("%+v", v)
				}
			}
		}, func(c *Config) { c.OnIncident = policy })
	}
}

// TestIncidentsAreAdopted when the report of one was lost with a predecessor.
func TestIncidentsAreAdopted(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		lost := s.broken("lost", time.Now())
		s.broken("known", time.Now()).failure.Incident = "incident-9"
		s.env.shards.add(&shard{spec: ShardSpec{ID: "well"}, device: s.rec})
		s.actorOf("real", func() actor.Actor { return &incidents{s.env} })
		writes := s.auditor.take()
		if cases := s.env.cases.list(); len(writes) != 1 || len(cases) != 1 || cases[0].Shard != "lost" || s.env.worker.serves() == nil {
			t.Errorf("%+v", cases)
		}
		writes[0].(auditWrite).then(nil)
		if f := lost.snapshot().Failure; f.Incident == "" {
			t.Errorf("%+v", f)
		}
	})
}

// TestRestartOfTheWorkerIsOnRecordFirst and does not happen otherwise.
func TestRestartOfTheWorkerIsOnRecordFirst(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		tell := s.actorOf("real", func() actor.Actor { return &incidents{s.env} })
		s.env.worker.stop("test")
		for _, row := range []struct {
			audit, want error
			was         bool
		}{{audit: errors.New("full"), want: ErrAuditFailed}, {was: true}, {was: false}} {
			c := s.env.calls.inner(t.Context(), "incidents", opRestart)
			tell(operatorRestart{call: c, operator: "me"})
			s.waits(c)
			stopped := s.env.worker.serves() != nil
			s.audited(row.audit)
			was, err := await[bool](c)
			if !errors.Is(err, row.want) || was != row.was {
				t.Errorf("%v, %v", was, err)
			}
			if now := s.env.worker.serves() != nil; now != (stopped && row.want != nil) {
				t.Errorf("stopped: %v", now)
			}
		}
	})
}

// TestAuditWrites tell what became of them, once each.
func TestAuditWrites(t *testing.T) {
	for _, open := range []bool{false, true} {
		onStage(t, func(t *testing.T, s *stage) {
			tell := s.actorOf("real", func() actor.Actor { return &auditor{s.env} })
			record := func() (told chan error) {
				told = make(chan error, 2)
				tell(auditWrite{record: audit.OperatorAction("me", "test", "it", audit.ResultSuccess), then: func(err error) { told <- err }})
				return told
			}
			for range 3 {
				if err := <-record(); err != nil {
					t.Error(err)
				}
			}
			if err := s.env.audit.Close(t.Context()); err != nil {
				t.Error(err)
			}
			told := record()
			if err := <-told; (err == nil) != open {
				t.Errorf("fail-open %v: %v", open, err)
			}
			if s.auditor.take(); len(told) != 0 {
				t.Error("told twice")
			}
		}, func(c *Config) { c.AuditFailOpen = open })
	}
}
