package cudacheck

import (
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// enough is how long samples of one measurement are taken.
const enough = 500 * time.Millisecond

// samples measures once without counting, and then until there is enough.
func (s *session) samples(b *bed, queue func() error) ([]time.Duration, error) {
	var all []time.Duration
	least, most := s.fewer(5, 1), s.fewer(25, 1)
	var spent time.Duration
	for i := -1; i < most && (i < least || spent < enough) && s.ctx.Err() == nil; i++ {
		took, err := b.timed(queue)
		if err != nil {
			return nil, err
		}
		spent += took
		if i >= 0 {
			all = append(all, took)
		}
	}
	return all, s.ctx.Err()
}

func rate(size gpu.Bytes, took time.Duration) float64 {
	return float64(size) / max(took.Seconds(), 1e-9) / 1e9
}

func rates(size gpu.Bytes, all []time.Duration) []float64 {
	values := make([]float64, 0, len(all))
	for _, took := range all {
		values = append(values, rate(size, took))
	}
	return values
}

func milliseconds(all []time.Duration) []float64 {
	values := make([]float64, 0, len(all))
	for _, took := range all {
		values = append(values, took.Seconds()*1e3)
	}
	return values
}
