package suite

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// verified is what latencyPart found for one size, in microseconds.
type verified struct {
	Bytes  int       `json:"bytes"`
	Verify []float64 `json:"verify"`
	Digest []float64 `json:"digest"`
}

// latency measures how long a verify of one shard takes, by its size, beside
// the digest of as many bytes of host memory and nothing else.
func latency(ctx context.Context, e Env, r *report.Report) error {
	largestShard := 1 << 30
	if e.Quick {
		largestShard = 64 * mib
	}
	found, err := process.Child[[]verified](ctx, "latency", e.Dir, strconv.Itoa(e.rounds(15)), strconv.Itoa(largestShard))
	if err != nil {
		return err
	}
	for _, v := range found {
		n := uint64(v.Bytes) //nolint:gosec // positive
		for _, part := range []struct {
			subject string
			values  []float64
		}{{"verify of a shard", v.Verify}, {"digest alone, one thread", v.Digest}} {
			r.Point(report.Row{
				Group: "verify by size of the shard, one engine, simulated device", Name: fmt.Sprintf("%s, %s", report.Size(n), part.subject),
				Unit: "µs", Topic: report.Latency, Subject: part.subject, Time: report.Wall, Bytes: n,
			}, part.values...)
		}
	}
	return nil
}

// latencyPart seals a shard of each size and verifies them by turns: DIR
// ROUNDS LARGEST.
func latencyPart(ctx context.Context, args []string) (_ any, err error) {
	if len(args) != 3 {
		return nil, errors.New("usage: latency DIR ROUNDS LARGEST")
	}
	rounds, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, errors.Wrap(err, "ROUNDS")
	}
	most, err := strconv.Atoi(args[2])
	if err != nil {
		return nil, errors.Wrap(err, "LARGEST")
	}
	engine, err := openEngine(ctx, args[0], 2*gpu.GiB)
	if err != nil {
		return nil, err
	}
	defer closeEngine(ctx, engine, &err)
	data, err := random(most)
	if err != nil {
		return nil, err
	}
	bytes, err := newSource()
	if err != nil {
		return nil, err
	}
	var found []verified
	for size := 4096; size <= most; size *= 4 {
		found = append(found, verified{Bytes: size})
		if err := bytes.seal(ctx, engine, strconv.Itoa(size), int64(size)); err != nil {
			return nil, err
		}
	}
	for range rounds {
		for i := range found {
			v := &found[i]
			for range min(max(4*mib/v.Bytes, 1), 40) {
				start := time.Now()
				if _, err := engine.Verify(ctx, strconv.Itoa(v.Bytes)); err != nil {
					return nil, err
				}
				verify := time.Since(start)
				start = time.Now()
				verity.Sum(data[:v.Bytes])
				alone := time.Since(start)
				v.Verify = append(v.Verify, measure.Micros([]time.Duration{verify})...)
				v.Digest = append(v.Digest, measure.Micros([]time.Duration{alone})...)
			}
		}
	}
	return found, nil
}
