package actors

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// counting is a backend whose counters are scripted.
type counting struct {
	gpu.Backend
	count func() (health.Counters, error)
}

func (b counting) Counters(int) (health.Counters, error) { return b.count() }

func TestGauge(t *testing.T) {
	unknown := notCounted()
	for what, row := range map[string]struct {
		base, now health.Counters
		want      audit.Counters
	}{
		"nothing":    {health.Counters{Corrected: 5}, health.Counters{Corrected: 5}, audit.Counters{}},
		"more":       {health.Counters{Corrected: 5, Uncorrected: 1, FailuresNoted: 2}, health.Counters{Corrected: 7, Uncorrected: 4, FailuresNoted: 6}, audit.Counters{Corrected: 2, Uncorrected: 3, Failures: 4}},
		"anew":       {health.Counters{Corrected: 5, Uncorrected: 9}, health.Counters{Corrected: 3, Uncorrected: 9}, audit.Counters{Corrected: 3}},
		"everything": {health.Counters{}, health.Counters{Corrected: math.MaxUint64}, audit.Counters{Corrected: math.MaxInt64}},
	} {
		now := row.base
		g, err := newGauge(counting{count: func() (health.Counters, error) { return now, nil }}, 0)
		if err != nil {
			t.Fatal(err)
		}
		now = row.now
		if got, err := g.since(); got != row.want || err != nil {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
	failing := errors.New("not now")
	for what, count := range map[string]func() (health.Counters, error){
		"error": func() (health.Counters, error) { return health.Counters{}, failing },
		"panic": func() (health.Counters, error) { panic("a secret") },
	} {
		g, err := newGauge(counting{count: count}, 0)
		if g.counter != nil || err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %+v, %v", what, g, err)
		}
		if got, err := (gauge{counter: counting{count: count}}).since(); got != unknown || err == nil {
			t.Errorf("%s later: %+v, %v", what, got, err)
		}
	}
}

// TestCountersAreToldOnce and in time: a driver that hangs holds up no
// incident.
func TestCountersAreToldOnce(t *testing.T) {
	hang := make(chan struct{})
	for what, row := range map[string]struct {
		backend gpu.Backend
		after   time.Duration
		want    audit.Counters
	}{
		"none":  {nil, 0, notCounted()},
		"some":  {counting{count: func() (health.Counters, error) { return health.Counters{Uncorrected: 1}, nil }}, 0, audit.Counters{Uncorrected: 1}},
		"error": {counting{count: func() (health.Counters, error) { return health.Counters{}, errors.New("not now") }}, 0, notCounted()},
		"hangs": {counting{count: func() (health.Counters, error) { <-hang; return health.Counters{Uncorrected: 1}, nil }}, gaugeTime, notCounted()},
	} {
		onStage(t, func(t *testing.T, s *stage) {
			var mu sync.Mutex
			var told []audit.Counters
			hang = make(chan struct{}) // of this bubble
			if c, ok := row.backend.(health.Counter); ok {
				s.rec.gauge = gauge{counter: c}
			}
			began := time.Now()
			var took time.Duration
			s.env.counted(s.rec, func(c audit.Counters) {
				mu.Lock()
				defer mu.Unlock()
				told, took = append(told, c), time.Since(began)
			})
			time.Sleep(time.Minute)
			close(hang)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if len(told) != 1 || told[0] != row.want || took != row.after {
				t.Errorf("%s: told %+v after %v", what, told, took)
			}
		})
	}
}

// TestIncidentWithCounters is on record also when the driver hangs, and who
// asked is answered.
func TestIncidentWithCounters(t *testing.T) {
	for _, hangs := range []bool{false, true} {
		onStage(t, func(t *testing.T, s *stage) {
			hang := make(chan struct{})
			s.rec.gauge = gauge{counter: counting{count: func() (health.Counters, error) {
				if hangs {
					<-hang
				}
				return health.Counters{Corrected: 3, FailuresNoted: 1}, nil
			}}}
			tell := s.actorOf("real", func() actor.Actor { return &incidents{s.env} })
			synctest.Wait()
			rec := s.broken("a", time.Now())
			c := s.call(rec, opVerify)
			tell(incidentReport{shard: rec, failure: *rec.failure, calls: []*call{c}})
			synctest.Wait()
			want := audit.Counters{Corrected: 3, Failures: 1}
			if hangs {
				s.waits(c)
				want = notCounted()
				time.Sleep(gaugeTime)
			}
			if s.env.worker.serves() == nil {
				t.Error("nothing was done while the driver was asked")
			}
			s.audited(nil)
			if v := s.verdict(c); v.Failure == nil || v.Failure.Incident == "" {
				t.Errorf("%+v", v)
			}
			if got := s.env.cases.list(); len(got) != 1 || got[0].Counted != want {
				t.Errorf("%+v", got)
			}
			close(hang)
		})
	}
}
