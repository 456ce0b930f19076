package suite

import (
	"context"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// batchOnDevice digests the same bytes of a simulated device as many spans and
// as one.
func batchOnDevice(ctx context.Context, rounds int) (_ any, err error) {
	backend, err := sim.New(sim.Options{Memory: gpu.GiB, AnyThread: true})
	if err != nil {
		return nil, err
	}
	dev, err := backend.Open(0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	granularity := dev.Info().Granularity
	id, err := dev.Map((shardTotal + granularity - 1) / granularity * granularity)
	if err != nil {
		return nil, err
	}
	bytes, err := newSource()
	if err != nil {
		return nil, err
	}
	many := make([]gpu.DigestJob, 0, shardCount)
	p := make([]byte, shardSize)
	for i := range gpu.Bytes(shardCount) {
		span := gpu.Span{Extent: id, Offset: i * shardSize, Size: shardSize}
		if _, err := bytes.Read(p); err != nil {
			return nil, err
		}
		if err := dev.Write(span, p); err != nil {
			return nil, err
		}
		many = append(many, gpu.DigestJob{Span: span})
	}
	one := []gpu.DigestJob{{Span: gpu.Span{Extent: id, Size: shardTotal}}}
	series, err := measure.Interleave(ctx, rounds,
		measure.Self("many", func(context.Context) error { return digestAll(dev, many) }),
		measure.Self("one", func(context.Context) error { return digestAll(dev, one) }))
	if err != nil {
		return nil, err
	}
	return batched{Many: series[0].Map(measure.WallSeconds), One: series[1].Map(measure.WallSeconds)}, nil
}

// digestAll runs one pass in slices as long as the engine's.
func digestAll(dev gpu.Device, jobs []gpu.DigestJob) (err error) {
	pass, err := dev.Digest(jobs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pass.Close()) }()
	for done := false; !done; {
		if done, err = pass.Step(10 * time.Millisecond); err != nil {
			return err
		}
	}
	results, err := pass.Results()
	if err == nil && len(results) != len(jobs) {
		err = errors.Newf("%d results for %d jobs", len(results), len(jobs))
	}
	return err
}
