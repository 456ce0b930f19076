package sim_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// tester is the device as one that tests its memory.
func tester(t *testing.T, d gpu.Device) gpu.MemoryTester {
	t.Helper()
	m, can := d.(gpu.MemoryTester)
	if !can {
		t.Fatal("the simulated device does not test its memory")
	}
	return m
}

// TestMemoryTestFindsRandomCells breaks cells in different words.
func TestMemoryTestFindsRandomCells(t *testing.T) {
	d, c := opened(t, small())
	m := tester(t, d)
	at := mapped(t, d, 4, nil)
	at.Size = 4 * d.Info().Granularity
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		words := random.Perm(int(at.Size / 8))[:1+random.IntN(50)]
		for _, w := range words {
			ok(t, c.Stick(at.Extent, 8*gpu.BytesOf(w)+gpu.BytesOf(random.IntN(8)), random.UintN(8), random.IntN(2) == 0))
		}
		wrong, err := m.TestMemory(at, seed)
		ok(t, err)
		if wrong != uint64(len(words)) {
			t.Errorf("seed %d: %d words are wrong, want %d", seed, wrong, len(words))
		}
		c.Clear()
		if wrong, err = m.TestMemory(at, seed); wrong != 0 || err != nil {
			t.Errorf("seed %d: %d words are wrong in memory that was mended, %v", seed, wrong, err)
		}
	}
}

func TestMemoryTestThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		hostile bool
		changed int // bytes, of 104
	}{"plain": {false, 0}, "hostile": {true, 48}} {
		t.Run(name, func(t *testing.T) {
			o := small()
			o.Hostile = c.hostile
			d, ctl := opened(t, o)
			m := tester(t, d)
			at := mapped(t, d, 1, make([]byte, 104))
			ctl.Fail(sim.OpTestMemory, 1, gpu.ErrECC, false)
			wrong, err := m.TestMemory(at, 3)
			fails(t, err, gpu.ErrECC, false)
			if wrong != 0 {
				t.Errorf("%d words are wrong", wrong)
			}
			got := make([]byte, 104)
			ok(t, d.Read(at, got))
			if all := bytes.Count(got[:c.changed], []byte{0}) == c.changed; (c.changed > 0 && all) || bytes.Count(got[c.changed:], []byte{0}) != 104-c.changed {
				t.Error("a test that failed changed other bytes than half of the span")
			}
			if wrong, err := m.TestMemory(at, 3); wrong != 0 || err != nil {
				t.Errorf("the next test: %d, %v", wrong, err)
			}
			ctl.Lose()
			_, err = m.TestMemory(at, 3)
			fails(t, err, gpu.ErrLost, true)
		})
	}
}
