package vram

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

const (
	manyShards = 10_000
	manySize   = 64 << 10
	manyRounds = 25
)

// BenchmarkManyShards compares the verification of 10,000 shards of 64 KiB with
// that of one shard of the same total size. The two take turns in one run; what
// is reported are medians, and the median of the ratios of the throughputs.
func BenchmarkManyShards(b *testing.B) {
	many, large := benchEngine(b), benchEngine(b)
	ids := sealMany(b, many)
	sealOne(b, large, "large", bytes.Repeat([]byte("0123456789abcdef"), manyShards*manySize/16))
	for _, way := range []struct {
		name        string
		many, large func() error
	}{
		{"Verify", func() error { return verified(many.Verify(b.Context(), ids...)) },
			func() error { return verified(large.Verify(b.Context(), "large")) }},
		{"VerifyAll", func() error { return verified(many.VerifyAll(b.Context())) },
			func() error { return verified(large.VerifyAll(b.Context())) }},
	} {
		b.Run(way.name, func(b *testing.B) {
			var all, one, ratio []float64
			for b.Loop() {
				for range manyRounds {
					a, o := seconds(b, way.many), seconds(b, way.large)
					all, one, ratio = append(all, a), append(one, o), append(ratio, o/a)
				}
			}
			b.ReportMetric(middle(all)*1000, "ms/many")
			b.ReportMetric(middle(one)*1000, "ms/one")
			b.ReportMetric(middle(ratio), "ratio")
		})
	}
	if n := many.Status().Audit.Dropped; n > 0 {
		b.Errorf("%d audit records were dropped", n)
	}
}

// BenchmarkSmallVerify is the latency of one small request.
func BenchmarkSmallVerify(b *testing.B) {
	e := benchEngine(b)
	sealOne(b, e, "small", randomBytes(4096))
	var took []float64
	for b.Loop() {
		for range 1000 {
			took = append(took, seconds(b, func() error { return verified(e.Verify(b.Context(), "small")) }))
		}
	}
	b.ReportMetric(middle(took)*1e6, "µs/verify")
	took = nil
	for range 5000 {
		took = append(took, seconds(b, func() error {
			_, err := e.Execute(b.Context(), ExecuteRequest{Shards: []string{"small"}}, func(context.Context, *Run) error { return nil })
			return err
		}))
	}
	b.ReportMetric(middle(took)*1e6, "µs/execute")
}

func benchEngine(b *testing.B) *Engine {
	b.Helper()
	e, err := Open(b.Context(), Options{DataDir: filepath.Join(b.TempDir(), "data"), Token: []byte(testToken), PatrolInterval: -1,
		Simulated: &sim.Options{Memory: gpu.GiB}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return e
}

func sealMany(b *testing.B, e *Engine) []string {
	b.Helper()
	const callers = 32
	ids := make([]string, manyShards)
	var wait sync.WaitGroup
	for c := range callers {
		wait.Go(func() {
			p := randomBytes(manySize)
			for i := c; i < manyShards; i += callers {
				ids[i] = fmt.Sprintf("shard-%d", i)
				sealOne(b, e, ids[i], p)
			}
		})
	}
	wait.Wait()
	slices.Sort(ids) // as they are listed
	return ids
}

func sealOne(b *testing.B, e *Engine, id string, p []byte) {
	b.Helper()
	if _, err := e.Seal(b.Context(), SealRequest{ID: id, Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))}); err != nil {
		b.Error(err)
	}
}

func verified(_ []VerifyResult, err error) error { return err }

func seconds(b *testing.B, do func() error) float64 {
	b.Helper()
	start := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start).Seconds()
}

func middle(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
