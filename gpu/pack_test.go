package gpu

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestPackAgainstAList takes and gives at random and compares with a plain list.
func TestPackAgainstAList(t *testing.T) {
	type run struct{ first, n int }
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		p := newPack(64 * BlockSize)
		owner := make([]int, 64)
		var live []run
		for step := range 300 {
			if r.IntN(2) == 0 && len(live) > 0 {
				i := r.IntN(len(live))
				p.give(live[i].first, live[i].n)
				for s := live[i].first; s < live[i].first+live[i].n; s++ {
					owner[s] = 0
				}
				live = append(live[:i], live[i+1:]...)
				continue
			}
			n := 1 + r.IntN(20)
			first, ok := p.take(n)
			if want := firstRun(owner, n); ok != (want >= 0) || ok && first != want {
				t.Fatalf("seed %d: %d slots at %d, %v; the list says %d", seed, n, first, ok, want)
			}
			if ok {
				for s := first; s < first+n; s++ {
					owner[s] = step + 1
				}
				live = append(live, run{first, n})
			}
			free := 0
			for _, o := range owner {
				if o == 0 {
					free++
				}
			}
			if free != p.free {
				t.Fatalf("seed %d: %d slots free, the pack says %d", seed, free, p.free)
			}
		}
	}
}

func firstRun(owner []int, n int) int {
	run := 0
	for i, o := range owner {
		run++
		if o != 0 {
			run = 0
		}
		if run == n {
			return i - n + 1
		}
	}
	return -1
}

func TestPackIgnoresNonsense(t *testing.T) {
	p := newPack(8 * BlockSize)
	for _, n := range []int{0, -1, 9} {
		if _, ok := p.take(n); ok {
			t.Errorf("took %d slots of 8", n)
		}
	}
	p.give(-1, 2)
	p.give(7, 2)
	p.give(0, -1)
	p.give(0, 8) // nothing was taken
	if p.free != 8 {
		t.Errorf("%d slots are free of 8", p.free)
	}
}

func TestPace(t *testing.T) {
	var p Pace
	if p.Next(time.Millisecond) != firstSlice {
		t.Error("the first slice")
	}
	// 1 GiB/s: a slice of 10 ms is about 10 MiB, approached by doubling.
	var n Bytes
	for range 12 {
		before := n
		n = p.Next(10 * time.Millisecond)
		if before > 0 && n > 2*before {
			t.Errorf("from %v to %v: more than double", before, n)
		}
		if n%BlockSize != 0 || n < minSlice || n > maxSlice {
			t.Errorf("a slice of %d", uint64(n))
		}
		p.Took(n, time.Duration(n))
	}
	if n < 9*MiB || n > 10*MiB {
		t.Errorf("settled at %v", n)
	}
	p.Took(1, time.Hour) // too small to tell
	if got := p.Next(10 * time.Millisecond); got < 9*MiB {
		t.Errorf("a tiny slice counted: %v", got)
	}
	p.Took(n, 0) // a clock that stood still, or went back
	if got := p.Next(10 * time.Millisecond); got > 2*n || got < minSlice {
		t.Errorf("after no time at all: %v", got)
	}
	p.Took(n, -time.Second)
	if got := p.Next(-1); got < minSlice || got > maxSlice {
		t.Errorf("for a negative time: %v", got)
	}
}
