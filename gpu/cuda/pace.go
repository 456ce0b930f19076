package cuda

import (
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

const (
	// firstRate is assumed before anything was measured: 1 GiB a second.
	firstRate = float64(gpu.GiB) / float64(gpu.BlockSize)
	// maxGrowth is how much larger a slice may be than the one before. Small
	// slices take as long as larger ones, because they do not fill the device.
	maxGrowth = 8
	maxSlice  = 1 << 40
)

// pace turns a duration into a number of blocks, by what slices took before.
type pace struct {
	rate float64 // blocks per second, 0 before the first measurement
}

// blocks is how many blocks take about d: at least one.
func (p *pace) blocks(d time.Duration) uint64 {
	rate := p.rate
	if rate == 0 {
		rate = firstRate
	}
	return uint64(min(max(rate*d.Seconds(), 1), maxSlice))
}

// expected is how long so many blocks take, or 0 if nothing is known.
func (p *pace) expected(blocks uint64) time.Duration {
	if p.rate == 0 {
		return 0
	}
	return time.Duration(min(float64(blocks)/p.rate, time.Minute.Seconds()) * float64(time.Second))
}

// took records that a slice of so many blocks took d, of those that were asked
// for. One that was cut short by the end of the work is no sign of slowness.
func (p *pace) took(blocks, asked uint64, d time.Duration) {
	if d <= 0 || blocks == 0 || asked <= 1 {
		return
	}
	rate := p.rate
	if rate == 0 {
		rate = firstRate
	}
	measured := min(float64(blocks)/d.Seconds(), maxGrowth*rate)
	if blocks < asked && measured < rate {
		return
	}
	p.rate = measured
}
