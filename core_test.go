package vram

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// What an engine is for, on every kind of device. The scenarios run in bubbles,
// in which a hang is an error and so is a goroutine that is left; their end
// checks that nothing of the driver is, and that what was freed is zero.

// contents is n random bytes, other ones for each i.
func contents(i, n int) []byte {
	p := make([]byte, n)
	if _, err := rand.NewChaCha8([32]byte{0: byte(i), 1: byte(i >> 8), 31: 7}).Read(p); err != nil {
		return nil // it never fails
	}
	return p
}

// ended checks what every scenario leaves.
func (s *scenario) ended() {
	s.t.Helper()
	s.settled()
	if err := s.close(); err != nil {
		s.t.Errorf("close: %v", err)
	}
}

func TestSealsOfEverySize(t *testing.T) {
	const g = 64 << 10
	sizes := []int{1, 4095, 4096, 4097, g/2 - 1, g / 2, g/2 + 1, g - 1, g, g + 1, 3*g + 17, 20*g + 4095}
	onEach(t, shape{granularity: g}, func(t *testing.T, m machine) {
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			for round := range 2 { // what was used before is used again
				var used gpu.Bytes
				for i, n := range sizes {
					p := contents(round*100+i, n)
					h := sealBytes(t, s.e, fmt.Sprintf("size-%d", n), p)
					if want := verity.Sum(p); h.Digest != want || h.VRAMBytes != uint64(n) {
						t.Errorf("%d bytes: digest %s, want %s", n, h.Digest, want)
					}
					if r, err := s.e.VerifyHandle(t.Context(), h); err != nil || !r.OK || r.Bytes != gpu.BytesOf(n) {
						t.Errorf("%d bytes: %+v, %v", n, r, err)
					}
					used = used.AddSat(gpu.BytesOf(n))
				}
				results, err := s.e.VerifyAll(t.Context())
				if err != nil || len(results) != len(sizes) {
					t.Errorf("verify: %d results, %v", len(results), err)
				}
				if d := s.e.Devices()[0]; d.Used != used || d.Mapped < used || d.Mapped > used.AddSat(gpu.BytesOf(len(sizes)*g)) {
					t.Errorf("device: %+v", d)
				}
				s.settled()
				if n, err := s.e.ReleaseAll(t.Context()); n != len(sizes) || err != nil {
					t.Errorf("released %d, %v", n, err)
				}
				s.gone()
				s.settled()
			}
			s.ended()
		})
	})
}

// TestAFlipIsFoundWhereItIs turns over one bit of each of many shards. Each is
// an incident of its own, that names the block.
func TestAFlipIsFoundWhereItIs(t *testing.T) {
	const g = 64 << 10
	onEach(t, shape{granularity: g}, func(t *testing.T, m machine) {
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			for i, c := range []struct{ size, at int }{
				{1, 0}, {4096, 4095}, {4097, 4096}, {5000, 17}, {g / 2, 12345}, {3*g + 17, 0}, {3*g + 17, g + 1}, {3*g + 17, 3*g + 16}, {20 * g, 20*g - 1},
			} {
				id, p, bit := fmt.Sprintf("flip-%d", i), contents(i, c.size), uint(i%8)
				sealBytes(t, s.e, id, p)
				if err := m.flip(t.Context(), s.e, id, p, gpu.BytesOf(c.at), bit); err != nil {
					t.Fatal(err)
				}
				results, err := s.e.Verify(t.Context(), id)
				if !errors.Is(err, ErrIntegrityViolation) || ExitStatus(err) != 3 || len(results) != 1 || results[0].OK ||
					results[0].Reason != "digest" || results[0].FirstBadBlock != int64(c.at/4096) {
					t.Errorf("byte %d of %d: %+v, %v", c.at, c.size, results, err)
				}
				all := s.e.Incidents()
				if len(all) != i+1 || all[i].Shard != id || all[i].BadBlock != int64(c.at/4096) || all[i].Action != "stopped" {
					t.Errorf("incidents: %+v", all)
				}
				if st := s.e.Status(); st.State != "stopped" || st.Shards.Quarantined != i+1 {
					t.Errorf("status: %+v", st)
				}
				if err := s.e.RestartWorker(t.Context(), "tester"); err != nil {
					t.Fatal(err)
				}
				if err := executeOn(s, id); !errors.Is(err, ErrIntegrityViolation) {
					t.Errorf("execute: %v", err)
				}
			}
			s.ended()
		})
	})
}

// TestThePatrolFindsAFlipOnEveryDevice without anybody asking.
func TestThePatrolFindsAFlipOnEveryDevice(t *testing.T) {
	onEach(t, shape{}, func(t *testing.T, m machine) {
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			sealBytes(t, s.e, smallID, s.small)
			sealBytes(t, s.e, largeID, s.large)
			time.Sleep(3*time.Minute + time.Second) // of the bubble
			if p := s.e.Status().Patrol; p.Passes != 3 || p.Shards != 2 || p.Failed != 0 {
				t.Errorf("patrol: %+v", p)
			}
			at := gpu.BytesOf(len(s.large) - 1)
			if err := m.flip(t.Context(), s.e, largeID, s.large, at, 7); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			if st := s.e.Status(); st.State != "stopped" || st.Patrol.Failed != 1 || st.Shards.Quarantined != 1 {
				t.Errorf("status: %+v", st)
			}
			if all := s.e.Incidents(); len(all) != 1 || all[0].Shard != largeID || all[0].BadBlock != int64(at/4096) {
				t.Errorf("incidents: %+v", all)
			}
			s.ended()
		}, func(o *Options) { o.PatrolInterval = time.Minute })
	})
}

// TestHundredsOfSmallShards share memory, and the launches of a pass.
func TestHundredsOfSmallShards(t *testing.T) {
	const shards = 300
	onEach(t, shape{granularity: 64 << 10}, func(t *testing.T, m machine) {
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			data := make([][]byte, shards)
			var used gpu.Bytes
			var wait sync.WaitGroup
			for i := range data {
				data[i] = contents(i, 100+i*23)
				used = used.AddSat(gpu.BytesOf(len(data[i])))
				wait.Go(func() { sealBytes(t, s.e, fmt.Sprintf("n-%03d", i), data[i]) })
			}
			wait.Wait()
			if d := s.e.Devices()[0]; d.Used != used || d.Mapped > 2*used.AddSat(shards*4096) {
				t.Errorf("%d bytes used, %d mapped, for %d", uint64(d.Used), uint64(d.Mapped), uint64(used))
			}
			calls := m.calls()
			results, err := s.e.VerifyAll(t.Context())
			if err != nil || len(results) != shards {
				t.Fatalf("%d results, %v", len(results), err)
			}
			if calls = m.calls() - calls; calls > 2*shards+200 { // of which most are about residency
				t.Errorf("%d driver calls to verify %d shards", calls, shards)
			}
			const bad = 217
			if err := m.flip(t.Context(), s.e, "n-217", data[bad], 5000, 0); err != nil {
				t.Fatal(err)
			}
			results, err = s.e.VerifyAll(t.Context())
			if !errors.Is(err, ErrIntegrityViolation) || len(results) != shards {
				t.Fatalf("%d results, %v", len(results), err)
			}
			for i, r := range results {
				if r.ShardID != fmt.Sprintf("n-%03d", i) || r.OK != (i != bad) || i == bad && r.FirstBadBlock != 1 {
					t.Errorf("%d: %+v", i, r)
				}
			}
			if n, err := s.e.ReleaseAll(t.Context()); n != shards || err != nil {
				t.Errorf("released %d, %v", n, err)
			}
			s.gone()
			s.ended()
		})
	})
}

// TestAnotherEngineAfterwards has a second life on the same directory and the
// same devices. Nothing of the first is left on the devices.
func TestAnotherEngineAfterwards(t *testing.T) {
	onEach(t, shape{}, func(t *testing.T, m machine) {
		dir := quickDir(t)
		var before Handle
		for life := range 3 {
			bubbleOn(t, m, func(t *testing.T, s *scenario) {
				s.dir = dir
				if n := len(s.e.Shards()); n != 0 {
					t.Errorf("%d shards at the start of life %d", n, life)
				}
				if life > 0 {
					if _, err := s.e.VerifyHandle(t.Context(), before); !errors.Is(err, ErrSealVerificationFailed) {
						t.Errorf("a handle of the life before: %v", err)
					}
				}
				before = sealBytes(t, s.e, smallID, s.small)
				sealBytes(t, s.e, largeID, s.large)
				if err := s.execute(); err != nil {
					t.Error(err)
				}
				s.ended() // with both shards on the device
			}, func(o *Options) { o.DataDir = dir })
		}
	})
}
