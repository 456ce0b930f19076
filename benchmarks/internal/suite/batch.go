package suite

import (
	"context"
	"fmt"
	"strconv"

	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// batched are seconds for many small shards, and for one of the same total.
type batched struct {
	Many []float64 `json:"many"`
	One  []float64 `json:"one"`
}

// batch compares many small shards with one of the same total at three
// levels: the device's digest, VerifyAll of the engine, and its patrol.
func batch(ctx context.Context, e Env, r *report.Report) error {
	group := fmt.Sprintf("%d shards of 64 KiB against one of the same total", shardCount)
	for _, level := range []struct {
		name, part string
		rounds     int
	}{
		{"digest by the device", "device", e.rounds(15)},
		{"VerifyAll of the engine", "all", e.rounds(15)},
		{"a patrol's pass", "patrol", e.rounds(10)},
	} {
		found, err := process.Child[batched](ctx, "batch", level.part, e.Dir, strconv.Itoa(level.rounds))
		if err != nil {
			return err
		}
		row := report.Row{Group: group, Unit: "s", Time: report.Wall, Bytes: shardTotal}
		row.Name = level.name + ", small ones"
		r.Point(row, found.Many...)
		row.Name = level.name + ", one"
		r.Point(row, found.One...)
		r.Compare(group, level.name+": throughput of the small ones over that of the one", found.One, found.Many)
	}
	return nil
}
