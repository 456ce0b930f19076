package actors

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

func TestShardServesOnlyWhenSealed(t *testing.T) {
	for p := phaseNew; p <= phaseReleased; p++ {
		for _, state := range []seal.State{seal.StateLoading, seal.StateSealed, seal.StateVerifying, seal.StateLost} {
			for _, failed := range []bool{false, true} {
				s := &shard{spec: ShardSpec{ID: "a"}, phase: p, state: state}
				if failed {
					s.failure = &Failure{Reason: "digest"}
				}
				var want error
				switch {
				case failed:
					want = ErrIntegrity
				case state == seal.StateLost:
					want = ErrDeviceLost
				case p == phaseSealed:
				case p > phaseSealed:
					want = ErrNotFound
				default:
					want = ErrNotSealed
				}
				if err := s.serves(); !errors.Is(err, want) {
					t.Errorf("phase %d, %s, failed %v: %v", p, state, failed, err)
				}
			}
		}
	}
}

// TestShardFailsOnce keeps the first failure, and is quarantined while it is sealed.
func TestShardFailsOnce(t *testing.T) {
	s := &shard{spec: ShardSpec{ID: "a"}, device: &deviceRecord{}, phase: phaseSealed, state: seal.StateVerifying}
	if !s.failed(Failure{Reason: "digest", BadBlock: 3}) || s.failed(Failure{Reason: "seal", BadBlock: 4}) {
		t.Error("the first was not the first")
	}
	view := s.snapshot()
	if view.Failure == nil || view.Failure.Reason != "digest" || view.Failure.BadBlock != 3 || view.State != seal.StateQuarantined {
		t.Errorf("%+v", view)
	}
	view.Failure.Reason = "changed"
	if s.snapshot().Failure.Reason != "digest" {
		t.Error("the snapshot is not a copy")
	}
	s.passed(time.Now(), 1)
	if s.serves() == nil || s.snapshot().State != seal.StateQuarantined {
		t.Error("a pass healed it")
	}
	s.set(phaseReleasing, seal.StateSealed)
	if s.failed(Failure{}); s.state != seal.StateSealed {
		t.Error("what is being released was quarantined")
	}
}

// TestShardPassed keeps what the pass found that started last, in whatever
// order passes end, and trusts none that began before the doubt.
func TestShardPassed(t *testing.T) {
	s := &shard{device: &deviceRecord{}}
	at := time.Now()
	s.passed(at.Add(2), 22)
	s.passed(at.Add(1), 11)
	if s.lastVerified != at.Add(2) || s.exposures != 22 {
		t.Errorf("%v after the start, %d exposures", s.lastVerified.Sub(at), s.exposures)
	}
	s.passed(at.Add(3), 33)
	if s.lastVerified != at.Add(3) || s.exposures != 33 {
		t.Errorf("%v after the start, %d exposures", s.lastVerified.Sub(at), s.exposures)
	}
	before := time.Now()
	s.doubt()
	s.passed(before.Add(-1), 1)
	if !s.snapshot().Unverified {
		t.Error("a pass from before the restart is trusted")
	}
	s.passed(s.doubted, 1)
	if s.snapshot().Unverified {
		t.Error("a pass after the restart is not trusted")
	}
}

func TestShardSnapshot(t *testing.T) {
	info := gpu.Info{Index: 3, UUID: "SIM-x", Kind: gpu.KindSimulated}
	s := &shard{spec: ShardSpec{ID: "a", Size: 17, ModelRef: "m", ShardIndex: 1, TotalShards: 2}, device: &deviceRecord{info: info}, state: seal.StateLoading}
	if h := s.snapshot().Handle; h.ShardID != "a" || h.VRAMBytes != 17 || h.GPUDevice != 3 || h.GPUUUID != "SIM-x" || h.Kind != "simulated" ||
		h.ModelRef != "m" || h.ShardIndex != 1 || h.TotalShards != 2 || h.State != seal.StateLoading || h.IsSealed() {
		t.Errorf("%+v", h)
	}
	if _, ok := s.sealed(); ok {
		t.Error("it is sealed")
	}
	s.handle = seal.Handle{ShardID: "a", Seal: "s"}
	s.set(phaseSealed, seal.StateVerifying)
	if h := s.snapshot().Handle; h.Seal != "s" || h.State != seal.StateVerifying {
		t.Errorf("%+v", h)
	}
	if _, ok := s.sealed(); !ok || s.at() != phaseSealed {
		t.Error("it is not sealed")
	}
}

func TestShardRefusal(t *testing.T) {
	s, otherwise, why := &shard{}, errors.New("otherwise"), errors.New("why")
	if !errors.Is(s.refused(otherwise), otherwise) {
		t.Error("refused without a reason")
	}
	s.refuse(why)
	if !errors.Is(s.refused(otherwise), why) {
		t.Error("the reason is lost")
	}
	s.tell(freed{}) // nobody is there
}

func TestRegistry(t *testing.T) {
	r := newRegistry()
	first, second := &shard{spec: ShardSpec{ID: "a"}}, &shard{spec: ShardSpec{ID: "a"}}
	if s, ok := r.add(first); !ok || s != first {
		t.Error("the first was not entered")
	}
	if s, ok := r.add(second); ok || s != first {
		t.Error("the id was taken twice")
	}
	r.remove(second) // is not in it
	if s, err := r.get("a"); err != nil || s != first {
		t.Errorf("got %v", err)
	}
	r.remove(first)
	r.remove(first)
	if _, err := r.get("a"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "a") {
		t.Errorf("got %v", err)
	}
	for _, id := range []string{"b", "ä", "", "B", "a", "ab"} {
		r.add(&shard{spec: ShardSpec{ID: id}})
	}
	var ids []string
	for _, s := range r.list(nil) {
		ids = append(ids, s.spec.ID)
	}
	if got := fmt.Sprintf("%q", ids); got != `["" "B" "a" "ab" "b" "ä"]` {
		t.Errorf("listed as %s", got)
	}
	if n := len(r.list(func(s *shard) bool { return len(s.spec.ID) == 1 })); n != 3 {
		t.Errorf("%d have one letter", n)
	}
}

// TestRegistryRace lets many take one id: one gets it.
func TestRegistryRace(t *testing.T) {
	r := newRegistry()
	for range 100 {
		var wait sync.WaitGroup
		got := make(chan *shard, 8)
		for range 8 {
			wait.Go(func() {
				s := &shard{spec: ShardSpec{ID: "a"}}
				if _, ok := r.add(s); ok {
					got <- s
				}
				r.list(nil)
			})
		}
		wait.Wait()
		if len(got) != 1 {
			t.Fatalf("%d have the id", len(got))
		}
		r.remove(<-got)
	}
}
