package suite

import (
	"context"
	"time"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/gpu"
)

// executeSize is the size of the shard whose use is measured: so small that
// hashing it is a small part.
const executeSize = 4096

// execution is one Execute by its parts. What is neither check nor run is the
// way to the device's thread and back, through the façade and the actors.
type execution struct{ total, check, run time.Duration }

// execute measures the cost of using one small shard.
func execute(ctx context.Context, e Env, r *report.Report) (err error) {
	kernel := gpu.Kernel{Name: "touch", Params: []int{8, 8}, Go: func(_, _ gpu.Dim3, args gpu.KernelArgs) error {
		copy(args.Memory(1), args.Memory(0))
		return nil
	}}
	engine, err := openEngine(ctx, e.Dir, 64*gpu.MiB, kernel)
	if err != nil {
		return err
	}
	defer closeEngine(ctx, engine, &err)
	bytes, err := newSource()
	if err != nil {
		return err
	}
	if err := bytes.seal(ctx, engine, "small", executeSize); err != nil {
		return err
	}
	ways := []struct {
		name string
		fn   func(context.Context, *vram.Run) error
	}{
		{"empty callback", func(context.Context, *vram.Run) error { return nil }},
		{"callback that launches a kernel on 4 KiB of scratch memory", touch},
	}
	found := make([][]execution, len(ways))
	var verifies []time.Duration
	for range e.rounds(50) {
		for i, way := range ways {
			some, err := executions(ctx, engine, 100, way.fn)
			if err != nil {
				return err
			}
			found[i] = append(found[i], some...)
		}
		for range 100 {
			start := time.Now()
			if _, err := engine.Verify(ctx, "small"); err != nil {
				return err
			}
			verifies = append(verifies, time.Since(start))
		}
	}
	for i, way := range ways {
		describe(r, "Execute on a 4 KiB shard, "+way.name, found[i])
	}
	r.Add("Verify of a 4 KiB shard", "all", "µs", measure.Micros(verifies)...)
	noteDropped(r, "Execute", engine)
	return nil
}

func touch(_ context.Context, run *vram.Run) error {
	shard, err := run.Shard("small")
	if err != nil {
		return err
	}
	out, err := run.Scratch(executeSize)
	if err != nil {
		return err
	}
	return run.Launch("touch", gpu.Dim3{}, gpu.Dim3{}, shard, out)
}

func executions(ctx context.Context, engine *vram.Engine, n int, fn func(context.Context, *vram.Run) error) ([]execution, error) {
	some := make([]execution, 0, n)
	for range n {
		start := time.Now()
		receipt, err := engine.Execute(ctx, vram.ExecuteRequest{Shards: []string{"small"}}, fn)
		if err != nil {
			return nil, err
		}
		some = append(some, execution{time.Since(start), receipt.CheckTook, receipt.RunTook})
	}
	return some, nil
}

func describe(r *report.Report, group string, all []execution) {
	parts := []struct {
		name string
		of   func(execution) time.Duration
	}{
		{"all", func(x execution) time.Duration { return x.total }},
		{"check", func(x execution) time.Duration { return x.check }},
		{"run and scrubbing", func(x execution) time.Duration { return x.run }},
		{"the way there and back", func(x execution) time.Duration { return x.total - x.check - x.run }},
	}
	for _, part := range parts {
		durations := make([]time.Duration, 0, len(all))
		for _, x := range all {
			durations = append(durations, part.of(x))
		}
		r.Add(group, part.name, "µs", measure.Micros(durations)...)
	}
}

// noteDropped tells that the audit log could not keep up.
func noteDropped(r *report.Report, what string, engine *vram.Engine) {
	if s := engine.Status().Audit; s.Dropped > 0 {
		r.Notef("%s: the audit log's queue was full and %d of %d records were dropped.", what, s.Dropped, s.Dropped+s.LastSeq)
	}
}
