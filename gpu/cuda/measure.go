package cuda

import (
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

const (
	// measured data: enough to fill a large GPU, or what a small one can spare.
	mostMeasured  = 256 * gpu.MiB
	leastMeasured = 1 * gpu.MiB
	measuredRuns  = 3
)

// fastest loads each digest kernel in turn, times it, and returns the fastest.
func (d *device) fastest(op string) (string, error) {
	b, err := d.takeUpTo(op, min(mostMeasured, max(d.info.Total/64, leastMeasured)), leastMeasured)
	if err != nil {
		return "", err
	}
	best, bestTime := Direct, time.Duration(0)
	for _, variant := range Variants() {
		took, timing := d.timeVariant(op, variant, b)
		if timing != nil {
			err = timing
			break
		}
		d.note("digest kernel %s: %.0f GB/s over %s", variant, float64(b.size)/max(took.Seconds(), 1e-9)/1e9, b.size)
		if bestTime == 0 || took < bestTime {
			best, bestTime = variant, took
		}
	}
	return best, errors.CombineErrors(err, d.give(op, b))
}

// timeVariant is the shortest time of a pass over the block.
func (d *device) timeVariant(op, variant string, b *block) (time.Duration, error) {
	if err := d.loadOwn(op, variant); err != nil {
		return 0, err
	}
	var best time.Duration
	for range measuredRuns {
		start := time.Now()
		p, err := d.newPass(op, []job{newJob(b.at(0), b.size, b.chunk.m)})
		if err != nil {
			return 0, err
		}
		for done := false; !done && err == nil; {
			done, err = p.Step(time.Minute)
		}
		took := time.Since(start)
		if err := errors.CombineErrors(err, p.Close()); err != nil {
			return 0, err
		}
		if best == 0 || took < best {
			best = took
		}
	}
	if err := d.wait(op, &d.lanes.digest, 0); err != nil {
		return 0, err
	}
	return best, d.dropOwn(op)
}

// takeUpTo takes a block of the size, or of less where memory is short.
func (d *device) takeUpTo(op string, size, least gpu.Bytes) (*block, error) {
	for {
		b, err := d.take(op, size)
		if err == nil || !errors.Is(err, gpu.ErrOutOfMemory) || gpu.IsSticky(err) || size <= least {
			return b, err
		}
		size = max(size/2, least)
	}
}
