package suite

import (
	"context"
	"fmt"
	"strconv"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// Many small shards, and one of the same total size.
const (
	shardCount = 10000
	shardSize  = 64 << 10
	shardTotal = shardCount * shardSize
	sealers    = 32 // callers that seal at once
)

// smallShards measures many small shards on one device, in a process of their
// own. The log is once on a disk and once in memory, because a seal waits for
// its audit record.
func smallShards(ctx context.Context, e Env, r *report.Report) error {
	group := fmt.Sprintf("%d shards of 64 KiB on a 4 GiB device", shardCount)
	places := []struct{ name, dir string }{{"audit log on disk", e.Dir}}
	if e.Shm != "" {
		places = append(places, struct{ name, dir string }{"audit log in memory", e.Shm})
	}
	for i, place := range places {
		found, err := process.Child[manyShards](ctx, "shards", place.dir, strconv.Itoa(e.rounds(9)))
		if err != nil {
			return err
		}
		r.Add(group, fmt.Sprintf("sealing, %d callers, %s", sealers, place.name), "shards/s", shardCount/found.SealSeconds)
		r.Add(group, "sealing, 1 caller, each, "+place.name, "µs", found.SealMicros...)
		r.Add(group, "sealing the one shard of the same size, "+place.name, "s", found.LargeSeconds)
		r.Add(group, "releasing all, "+place.name, "s", found.ReleaseSeconds)
		if i > 0 {
			continue
		}
		perShard := func(bytes uint64) float64 { return float64(bytes) / shardCount }
		r.Add(group, "private memory of the process, each", "B", perShard(found.Anon))
		r.Add(group, "of which live on the Go heap, each", "B", perShard(found.Heap))
		r.Add(group, "of which kept block hashes, each", "B", shardSize/4096*32)
		r.Add(group, "device memory, exact", "MiB", float64(found.Used)/mib)
		r.Add(group, "device memory, mapped", "MiB", float64(found.Mapped)/mib)
		r.Add(group, "verifying all", "s", found.VerifyAll...)
		r.Add(group, "verifying one shard of the same size", "s", found.VerifyLarge...)
		rate := func(seconds []float64) []float64 {
			rates := make([]float64, 0, len(seconds))
			for _, s := range seconds {
				rates = append(rates, shardTotal/s/1e9)
			}
			return rates
		}
		r.Add(group, "verifying all, rate", "GB/s", rate(found.VerifyAll)...)
		r.Add(group, "verifying one shard of the same size, rate", "GB/s", rate(found.VerifyLarge)...)
		r.Compare(group, "throughput of verifying all, over one shard of the same size", rate(found.VerifyAll), rate(found.VerifyLarge))
		if found.Dropped > 0 {
			r.Notef("%s: the audit log's queue was full and %d records of verifications were dropped.", group, found.Dropped)
		}
	}
	return nil
}

// manyShards is what the process found.
type manyShards struct {
	SealSeconds    float64   `json:"seal_seconds"` // all small shards
	SealMicros     []float64 `json:"seal_micros"`  // some of them, one after the other
	LargeSeconds   float64   `json:"large_seconds"`
	Anon           uint64    `json:"anon"` // growth for all small shards
	Heap           uint64    `json:"heap"`
	Used           uint64    `json:"used"`
	Mapped         uint64    `json:"mapped"`
	VerifyAll      []float64 `json:"verify_all"`
	VerifyLarge    []float64 `json:"verify_large"`
	ReleaseSeconds float64   `json:"release_seconds"`
	Dropped        uint64    `json:"dropped"`
}

// verifying compares the two ways to hold the same number of bytes.
func (m *manyShards) verifying(ctx context.Context, rounds int, all, large func(context.Context) error) error {
	series, err := measure.Interleave(ctx, rounds, measure.Self("all", all), measure.Self("large", large))
	if err != nil {
		return err
	}
	m.VerifyAll, m.VerifyLarge = series[0].Map(measure.WallSeconds), series[1].Map(measure.WallSeconds)
	return nil
}
