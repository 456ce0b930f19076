package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// TestTreeGrowsToTheDigest feeds leaves in groups of any size, and compares
// with the digest of the whole.
func TestTreeGrowsToTheDigest(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 60 {
		data := make([]byte, r.IntN(3<<20))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		for _, keep := range []bool{false, true} {
			tr := tree{keep: keep}
			rest := data
			for len(rest) > 0 {
				n := min(len(rest), verity.BlockSize*(1+r.IntN(300)))
				tr.grow(verity.HashBlocks(tr.leaves, rest[:n]))
				tr.trim()
				rest = rest[n:]
			}
			jobs := []job{{span: gpu.Span{Size: gpu.BytesOf(len(data))}, tree: tr}}
			(&tops{jobs: jobs}).finish()
			if jobs[0].result.Digest != verity.Sum(data) {
				t.Fatalf("seed %d: %d bytes, keep %t: another digest", seed, len(data), keep)
			}
			if !keep && len(tr.leaves) >= verity.BlockSize {
				t.Fatalf("seed %d: %d bytes of leaves are held", seed, len(tr.leaves))
			}
		}
	}
}

func TestSpeedFollowsMeasurements(t *testing.T) {
	var s speed
	if n := s.blocks(0); n != 1 {
		t.Errorf("%d blocks in no time", n)
	}
	if n := s.blocks(-time.Second); n != 1 {
		t.Errorf("%d blocks in negative time", n)
	}
	s.took(gpu.GiB, 0)
	if s.rate != 0 {
		t.Error("a step that took no time was a measurement")
	}
	for range 40 {
		s.took(gpu.MiB, time.Millisecond)
	}
	if n := s.blocks(10 * time.Millisecond); n < 2559 || n > 2560 {
		t.Errorf("%d blocks in 10 ms at 1 MiB a millisecond", n)
	}
	if n := s.blocks(1 << 62); n > 1<<40 {
		t.Errorf("%d blocks in a hundred years", n)
	}
}

func TestTakeIsLastInFirstOut(t *testing.T) {
	p, err := newPhysical(Options{Memory: 8 * pageSize, Granularity: pageSize})
	if err != nil {
		t.Fatal(err)
	}
	a, errA := p.take(3)
	b, errB := p.take(2)
	p.give(a)
	p.give(b)
	c, errC := p.take(2)
	if errA != nil || errB != nil || errC != nil || len(c) != 2 || c[0] != b[0] || c[1] != b[1] {
		t.Errorf("took %v, %v, and then %v", a, b, c)
	}
	if _, err := p.take(7); err == nil {
		t.Error("more was taken than there is")
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}
