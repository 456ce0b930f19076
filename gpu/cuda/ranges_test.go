package cuda

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// TestRanges takes and gives at random, and checks against a map of every
// unit.
func TestRanges(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	const units = 64
	r := newRanges(units)
	var owner [units]int
	taken := map[int]part{}
	for step := 1; step < 5000; step++ {
		if random.IntN(2) == 0 {
			size := gpu.Bytes(1 + random.IntN(9))
			offset, ok := r.take(size)
			if !ok {
				continue
			}
			for i := offset; i < offset+size; i++ {
				if owner[i] != 0 {
					t.Fatalf("seed %d, step %d: unit %d is taken twice", seed, step, i)
				}
				owner[i] = step
			}
			taken[step] = part{offset, size}
			continue
		}
		for key, p := range taken {
			r.give(p.offset, p.size)
			clear(owner[p.offset : p.offset+p.size])
			delete(taken, key)
			break
		}
		if r.whole(units) != (len(taken) == 0) {
			t.Fatalf("seed %d, step %d: %d parts are taken, and whole is %t", seed, step, len(taken), r.whole(units))
		}
		for i := 1; i < len(r.free); i++ {
			if r.free[i-1].offset+r.free[i-1].size >= r.free[i].offset {
				t.Fatalf("seed %d, step %d: free parts touch or are out of order: %+v", seed, step, r.free)
			}
		}
	}
	if _, ok := r.take(0); ok {
		t.Error("a part of no size")
	}
}

func TestPace(t *testing.T) {
	var p pace
	if n := p.blocks(0); n != 1 {
		t.Errorf("%d blocks in no time", n)
	}
	if n := p.blocks(time.Millisecond); n != 262 {
		t.Errorf("%d blocks before anything was measured", n)
	}
	// A device that hashes 1000 blocks a microsecond, but needs 100 us for
	// any slice.
	var asked uint64
	for range 12 {
		asked = p.blocks(time.Millisecond)
		p.took(asked, asked, 100*time.Microsecond+time.Duration(asked/1000)*time.Microsecond)
	}
	if asked < 800_000 || asked > 1_100_000 {
		t.Errorf("%d blocks for a millisecond", asked)
	}
	rate := p.rate
	p.took(10, asked, 100*time.Microsecond) // the last slice of a pass
	p.took(1, 1, time.Second)               // a step that was asked for one block
	p.took(0, asked, time.Second)
	if p.rate != rate {
		t.Error("a short slice is taken for a slow device")
	}
	p.took(asked, asked, 10*time.Millisecond)
	if n := p.blocks(time.Millisecond); n > asked/9 {
		t.Errorf("%d blocks after a slow slice", n)
	}
}
