package actors

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// unrecorded is how many reports are counted and not recorded.
func (j *journal) unrecorded(t *testing.T) uint64 {
	t.Helper()
	var sum uint64
	for _, line := range j.lines(recordHealth) {
		var fields struct{ Unrecorded uint64 }
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		sum += fields.Unrecorded
	}
	return sum
}

// TestStormOfReports costs a bounded number of records and passes, says how
// many it left out, and does not hold up requests.
func TestStormOfReports(t *testing.T) {
	ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
		const storm = 5000
		for n := range uint64(storm) {
			control.Raise(report(health.Recheck, n))
		}
		if v, err := s.Verify(t.Context(), "a"); err != nil || v.Failure != nil {
			t.Errorf("%+v, %v", v, err)
		}
		synctest.Wait()
		recorded := len(j.lines(recordHealth))
		if passes := len(j.lines(recordPatrol)); recorded != chartBurst || passes != 1 {
			t.Errorf("%d records, %d passes", recorded, passes)
		}
		time.Sleep(2 * chartWindow)
		synctest.Wait()
		if passes := len(j.lines(recordPatrol)); passes > 2 || s.Shards()[0].Unverified {
			t.Errorf("%d passes, and in doubt %v", passes, s.Shards()[0].Unverified)
		}
		if n := len(j.lines(recordHealth, `"source":"engine"`)); n != 1 || len(j.lines(recordHealth)) != chartBurst+1 || j.unrecorded(t) != storm-chartBurst {
			t.Errorf("%d of %d are counted: %v", j.unrecorded(t), storm-chartBurst, j.lines(recordHealth, "engine"))
		}
		for range 3 * chartBurst {
			control.Raise(report(health.Note, 1))
		}
		control.Raise(report(health.Quarantine, 48)) // must not be lost in it
		synctest.Wait()
		if s.Devices()[0].State != DeviceQuarantined || len(j.lines(recordHealth, `"code":48`)) != 1 {
			t.Errorf("the device is %s", s.Devices()[0].State)
		}
	})
}

// TestRechecksAreOneAndOnePending while a pass cannot go on.
func TestRechecksAreOneAndOnePending(t *testing.T) {
	ill(t, func(t *testing.T, s *System, control *sim.Control, j *journal) {
		release := make(chan struct{})
		busy := make(chan struct{})
		go func() { // holds the thread
			if err := s.OnDevice(context.Background(), "a", func(gpu.Span) error { close(busy); <-release; return nil }); err != nil {
				t.Error(err)
			}
		}()
		<-busy
		rec := s.env.devices[0]
		for range 10 { // as the thread would
			s.env.redigest(rec)
		}
		if n := len(rec.queue.waiting[classVerifyLarge]); n != 1 { // nobody else uses the queue now
			t.Errorf("%d passes wait", n)
		}
		for _, shard := range s.Shards() {
			if !shard.Unverified {
				t.Errorf("%s is believed", shard.Handle.ShardID)
			}
		}
		close(release)
		time.Sleep(redigestPause)
		synctest.Wait()
		if n := len(j.lines(recordPatrol)); n != 2 {
			t.Errorf("%d passes", n)
		}
		for _, shard := range s.Shards() {
			if shard.Unverified {
				t.Errorf("%s is not believed", shard.Handle.ShardID)
			}
		}
	})
}

// TestStopDuringAStorm leaves nothing behind, and what was told is recorded or
// counted.
func TestStopDuringAStorm(t *testing.T) {
	j := &journal{}
	told := uint64(0)
	live(t, func(t *testing.T, s *System, _ *sim.Control) {
		if err := loadAll(t, s, "a", 3<<20); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // until the storm blows
	}, func(c *Config) {
		c.Log = j.log()
		c.Backend = scripted{c.Backend, func(ctx context.Context, _ []int, tell func(health.Report)) error {
			for ctx.Err() == nil {
				for range 100 {
					tell(report(health.Recheck, told))
					told++
				}
				rest(ctx, time.Millisecond)
			}
			return nil
		}}
	})
	recorded := uint64(len(j.lines(recordHealth)) - len(j.lines(recordHealth, `"source":"engine"`)))
	if recorded == 0 || recorded > chartBurst || recorded+j.unrecorded(t) != told {
		t.Errorf("%d recorded and %d counted, of %d", recorded, j.unrecorded(t), told)
	}
}
