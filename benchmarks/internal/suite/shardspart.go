package suite

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/gpu"
)

const largeShard = "large"

// shardsPart seals, verifies and releases many small shards: DIR ROUNDS.
func shardsPart(ctx context.Context, args []string) (_ any, err error) {
	if len(args) != 2 {
		return nil, errors.New("usage: shards DIR ROUNDS")
	}
	rounds, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, errors.Wrap(err, "ROUNDS")
	}
	engine, err := openEngine(ctx, args[0], 4*gpu.GiB)
	if err != nil {
		return nil, err
	}
	defer closeEngine(ctx, engine, &err)
	bytes, err := newSource()
	if err != nil {
		return nil, err
	}
	var found manyShards
	if found.SealMicros, err = oneByOne(ctx, engine, 100); err != nil {
		return nil, err
	}
	if err := found.fill(ctx, engine); err != nil {
		return nil, err
	}
	start := time.Now()
	err = bytes.seal(ctx, engine, largeShard, shardTotal)
	if err != nil {
		return nil, err
	}
	found.LargeSeconds = time.Since(start).Seconds()
	small := make([]string, 0, shardCount)
	for _, s := range engine.Shards() {
		if s.Handle.ShardID != largeShard {
			small = append(small, s.Handle.ShardID)
		}
	}
	err = found.verifying(ctx, rounds,
		func(ctx context.Context) error { _, err := engine.Verify(ctx, small...); return err },
		func(ctx context.Context) error { _, err := engine.Verify(ctx, largeShard); return err })
	if err != nil {
		return nil, err
	}
	start = time.Now()
	if err := engine.Release(ctx, small...); err != nil {
		return nil, err
	}
	found.ReleaseSeconds = time.Since(start).Seconds()
	found.Dropped = engine.Status().Audit.Dropped
	return found, nil
}

// oneByOne seals n shards one after the other, which are released again.
func oneByOne(ctx context.Context, engine *vram.Engine, n int) ([]float64, error) {
	bytes, err := newSource()
	if err != nil {
		return nil, err
	}
	took := make([]time.Duration, 0, n)
	for i := range n {
		start := time.Now()
		if err := bytes.seal(ctx, engine, fmt.Sprintf("first-%d", i), shardSize); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	_, err = engine.ReleaseAll(ctx)
	return measure.Micros(took), err
}

// fill seals all small shards with several callers, and finds out what they
// take.
func (m *manyShards) fill(ctx context.Context, engine *vram.Engine) error {
	before, heapBefore, err := settled()
	if err != nil {
		return err
	}
	next := make(chan int, shardCount)
	for i := range shardCount {
		next <- i
	}
	close(next)
	failed := make(chan error, sealers)
	start := time.Now()
	var callers sync.WaitGroup
	for range sealers {
		callers.Go(func() {
			bytes, err := newSource()
			if err != nil {
				failed <- err
				return
			}
			for i := range next {
				if err := bytes.seal(ctx, engine, fmt.Sprintf("shard-%d", i), shardSize); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	callers.Wait()
	m.SealSeconds = time.Since(start).Seconds()
	close(failed)
	for err := range failed {
		return err
	}
	after, heapAfter, err := settled()
	if err != nil {
		return err
	}
	m.Anon, m.Heap = after.Anon-min(before.Anon, after.Anon), heapAfter-min(heapBefore, heapAfter)
	for _, d := range engine.Devices() {
		m.Used, m.Mapped = uint64(d.Used), uint64(d.Mapped)
	}
	return nil
}

func settled() (process.Memory, uint64, error) {
	memory, err := process.Settled()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return memory, stats.HeapAlloc, err
}
