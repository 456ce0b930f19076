package vram

import (
	"errors"
	"fmt"
	"testing"
)

// TestOutOfMemoryAtEveryStepOfASeal lets each driver call of a seal in turn say
// that the device's memory is full. The seal fails and may be tried again, or
// makes do with less. Nothing of it stays, and what is sealed already serves on.
func TestOutOfMemoryAtEveryStepOfASeal(t *testing.T) {
	const g = 64 << 10
	for name, c := range map[string]struct {
		size       int
		neighbours []int // sealed before
	}{
		"alone in a pack": {size: 5000},
		"in a pack":       {size: 5000, neighbours: []int{4096, 9000}},
		"an extent":       {size: 3*g + 17, neighbours: []int{100}},
		"many levels":     {size: 9 * g},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, shape{granularity: g, memory: 2 << 20, clean: true}, func(t *testing.T, m machine) {
				bubbleOn(t, m, func(t *testing.T, s *scenario) {
					for i, n := range c.neighbours {
						sealBytes(t, s.e, fmt.Sprintf("neighbour-%d", i), contents(i, n))
					}
					before, mapped := s.e.Devices()[0], m.mapped(s.e)
					p, refused, tried := contents(99, c.size), 0, 0
					for nth, fired := 1, true; fired; nth++ {
						m.fail(nth, faultMemory)
						err := s.seal("x", p)()
						fired = m.fired() > 0
						m.clear()
						tried++
						switch {
						case err == nil:
							if err := s.e.Release(t.Context(), "x"); err != nil {
								t.Errorf("call %d: release: %v", nth, err)
							}
						case !errors.Is(err, ErrAllocationFailed) || !Retriable(err) || ExitStatus(err) != 5 || !fired:
							t.Errorf("call %d: %v", nth, err)
						default:
							refused++
						}
						d := s.e.Devices()[0]
						if d.Used != before.Used || d.Mapped != before.Mapped || d.State != "active" || m.mapped(s.e) != mapped {
							t.Fatalf("call %d: %v: %d bytes used, %d mapped (%d by the driver), %s", nth, err,
								uint64(d.Used), uint64(d.Mapped), uint64(m.mapped(s.e)), d.State)
						}
					}
					t.Logf("%d seals, of which %d were refused", tried, refused)
					if refused < 3 {
						t.Errorf("only %d of %d were refused", refused, tried)
					}
					if _, err := s.e.VerifyAll(t.Context()); err != nil {
						t.Errorf("the neighbours: %v", err)
					}
					s.ended()
				})
			})
		})
	}
}

// TestAFullDevice verifies, executes and releases when nothing more can be
// allocated.
func TestAFullDevice(t *testing.T) {
	const g = 64 << 10
	onEach(t, shape{granularity: g, memory: 2 << 20}, func(t *testing.T, m machine) {
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			for round := range 2 {
				n := 0
				var data [][]byte
				for {
					p := contents(round*100+n, g-n)
					err := s.seal(fmt.Sprintf("full-%02d", n), p)()
					if err != nil {
						var short *InsufficientVRAMError
						if !errors.As(err, &short) || short.Available >= g {
							t.Errorf("shard %d: %v", n, err)
						}
						break
					}
					data = append(data, p)
					n++
				}
				if n < 24 {
					t.Errorf("a device of 2 MiB is full with %d shards of 64 KiB", n)
				}
				if results, err := s.e.VerifyAll(t.Context()); err != nil || len(results) != n {
					t.Errorf("verify: %d, %v", len(results), err)
				}
				if err := executeOn(s, "full-07"); err != nil {
					t.Errorf("execute: %v", err)
				}
				if err := m.flip(t.Context(), s.e, "full-11", data[11], 40_000, 3); err != nil {
					t.Fatal(err)
				}
				results, err := s.e.VerifyAll(t.Context())
				if !errors.Is(err, ErrIntegrityViolation) || len(results) != n || results[11].OK || results[11].FirstBadBlock != 9 {
					t.Errorf("verify: %+v, %v", results, err)
				}
				if err := s.e.RestartWorker(t.Context(), "tester"); err != nil {
					t.Error(err)
				}
				if released, err := s.e.ReleaseAll(t.Context()); released != n || err != nil {
					t.Errorf("released %d, %v", released, err)
				}
				if d := s.e.Devices()[0]; d.Used != 0 || d.Mapped != 0 {
					t.Errorf("device: %+v", d)
				}
				s.settled()
			}
			s.ended()
		})
	})
}
