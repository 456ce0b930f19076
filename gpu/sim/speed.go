package sim

import (
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// firstRate is the hashing rate that is assumed before the first measurement,
// and kept where time stands still, as in a testing/synctest bubble: 256 MiB
// a second.
const firstRate = float64(256 << 20)

// speed turns a duration into a number of blocks, by what was measured.
type speed struct {
	rate float64 // bytes per second, 0 before the first measurement
}

// blocks is how many blocks about d is enough for: at least one.
func (s *speed) blocks(d time.Duration) uint64 {
	rate := s.rate
	if rate == 0 {
		rate = firstRate
	}
	n := rate * max(d, 0).Seconds() / float64(gpu.BlockSize)
	return uint64(min(max(n, 1), 1<<40))
}

// took records that n bytes took d. Short steps say little and are left out.
func (s *speed) took(n gpu.Bytes, d time.Duration) {
	if d < 20*time.Microsecond || n < gpu.BlockSize {
		return
	}
	measured := float64(n) / d.Seconds()
	if s.rate == 0 {
		s.rate = measured
		return
	}
	s.rate += (measured - s.rate) / 4
}
