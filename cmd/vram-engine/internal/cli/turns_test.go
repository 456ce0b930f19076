package cli

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestTurns checks, with files of random kinds, that a large one is read when
// none in front of it is, and a small one when no large one in front of it is.
func TestTurns(t *testing.T) {
	const files = 100
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) { // a deadlock ends the test
			random := rand.New(rand.NewPCG(seed, 0))
			large := make([]bool, files)
			for i := range large {
				large[i] = random.IntN(4) == 0
			}
			turns := newTurns()
			together := 0
			var mu sync.Mutex
			reading := map[int]bool{}
			var all sync.WaitGroup
			for range 5 {
				all.Go(func() {
					for i := turns.begin(); i < files; i = turns.begin() {
						turns.wait(i, large[i])
						mu.Lock()
						for other := range reading {
							if other < i && (large[i] || large[other]) {
								t.Errorf("seed %d: file %d (large: %v) is read while %d (large: %v) is", seed, i, large[i], other, large[other])
							}
						}
						reading[i] = true
						together = max(together, len(reading))
						takes := time.Duration(random.IntN(100)) // of the bubble's clock
						mu.Unlock()
						time.Sleep(takes)
						mu.Lock()
						delete(reading, i)
						mu.Unlock()
						turns.end(i)
					}
				})
			}
			all.Wait()
			if together < 3 {
				t.Errorf("seed %d: at most %d files were read together", seed, together)
			}
		})
	}
}
