package suite

import (
	"context"
	"strconv"
	"time"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/gpu"
)

// batchPart measures one level: device|all|patrol DIR ROUNDS.
func batchPart(ctx context.Context, args []string) (any, error) {
	if len(args) != 3 {
		return nil, errors.New("usage: batch device|all|patrol DIR ROUNDS")
	}
	rounds, err := strconv.Atoi(args[2])
	if err != nil {
		return nil, errors.Wrap(err, "ROUNDS")
	}
	switch args[0] {
	case "device":
		return batchOnDevice(ctx, rounds)
	case "all":
		return batchInEngines(ctx, args[1], rounds)
	case "patrol":
		return batchOnPatrol(ctx, args[1], rounds)
	}
	return nil, errors.Newf("there is no level %q", args[0])
}

// batchInEngines verifies all shards of two engines by turns.
func batchInEngines(ctx context.Context, dir string, rounds int) (_ any, err error) {
	many, err := filledEngine(ctx, dir, true, -1)
	if err != nil {
		return nil, err
	}
	defer closeEngine(ctx, many, &err)
	one, err := filledEngine(ctx, dir, false, -1)
	if err != nil {
		return nil, err
	}
	defer closeEngine(ctx, one, &err)
	verifyAll := func(engine *vram.Engine) func(context.Context) error {
		return func(ctx context.Context) error { _, err := engine.VerifyAll(ctx); return err }
	}
	series, err := measure.Interleave(ctx, rounds, measure.Self("many", verifyAll(many)), measure.Self("one", verifyAll(one)))
	if err != nil {
		return nil, err
	}
	return batched{Many: series[0].Map(measure.WallSeconds), One: series[1].Map(measure.WallSeconds)}, nil
}

// filledEngine opens an engine with many small shards or one of the same
// total. The caller closes it with closeEngine.
func filledEngine(ctx context.Context, dir string, small bool, patrol time.Duration) (_ *vram.Engine, err error) {
	engine, err := openPatrolled(ctx, dir, gpu.GiB, patrol)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			closeEngine(ctx, engine, &err)
		}
	}()
	if small {
		return engine, new(manyShards).fill(ctx, engine)
	}
	bytes, err := newSource()
	if err != nil {
		return engine, err
	}
	return engine, bytes.seal(ctx, engine, largeShard, shardTotal)
}

// batchOnPatrol lets engines patrol without a pause, one after the other and
// each twice.
func batchOnPatrol(ctx context.Context, dir string, rounds int) (any, error) {
	var found batched
	for range 2 {
		for _, small := range []bool{true, false} {
			took, err := patrols(ctx, dir, small, max(rounds/2, 1))
			if err != nil {
				return nil, err
			}
			if small {
				found.Many = append(found.Many, took...)
			} else {
				found.One = append(found.One, took...)
			}
		}
	}
	return found, nil
}

// patrols returns how long so many passes took that began after all was sealed.
func patrols(ctx context.Context, dir string, small bool, passes int) (took []float64, err error) {
	engine, err := filledEngine(ctx, dir, small, time.Millisecond)
	if err != nil {
		return nil, err
	}
	defer closeEngine(ctx, engine, &err)
	filled := time.Now()
	for last := engine.Status().Patrol.Passes; len(took) < passes; {
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		p := engine.Status().Patrol
		if p.Passes == last {
			continue
		}
		last = p.Passes
		switch {
		case p.Failed > 0:
			return nil, errors.New("a patrol found a shard that had changed")
		case p.Started.After(filled) && p.Bytes == shardTotal:
			took = append(took, p.TookMS/1000)
		}
	}
	return took, nil
}
