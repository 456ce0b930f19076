package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

func newBenchEngine(a *app) *cobra.Command {
	size := sizeFlag(gpu.GiB / 4)
	c := &cobra.Command{
		Use: "engine", Short: "Measure sealing, verifying and executing on a simulated device",
		Long: `Open an engine of its own with one simulated device in a temporary directory,
and measure sealing and verifying one shard, and executing on a shard of 4 KiB.
The device is simulated: the figures say what the engine costs, not what a GPU
does.`,
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.benchEngine(c.Context(), gpu.Bytes(size)) },
	}
	c.Flags().Var(&size, "size", "the size of the shard")
	return c
}

// engineBench is the outcome of bench engine.
type engineBench struct {
	Kind      string  `json:"kind"`
	Rates     []rate  `json:"rates"`
	Executes  int     `json:"executes"`
	ExecuteUS float64 `json:"execute_us"`
}

func (a *app) benchEngine(ctx context.Context, size gpu.Bytes) (err error) {
	data, err := sample(ctx, size)
	if err != nil {
		return cancelled(ctx, err)
	}
	dir, err := os.MkdirTemp("", "vram-engine-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	memory := size.AddSat(gpu.GiB)
	engine, err := vram.Open(ctx, vram.Options{
		DataDir: dir, Token: bytes.Repeat([]byte("bench"), 8), PatrolInterval: -1,
		MaxShardSize: size, Simulated: &sim.Options{Devices: 1, Memory: memory},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close(context.WithoutCancel(ctx))) }()
	result, err := measureEngine(ctx, engine, data)
	if err != nil {
		return err
	}
	return a.printEngineBench(result)
}

func measureEngine(ctx context.Context, engine *vram.Engine, data []byte) (engineBench, error) {
	out, size := engineBench{Kind: string(gpu.KindSimulated)}, gpu.BytesOf(len(data))
	start := time.Now()
	_, err := engine.Seal(ctx, vram.SealRequest{ID: "large", Device: vram.AnyDevice, Source: bytes.NewReader(data), Size: size})
	if err != nil {
		return out, err
	}
	out.Rates = append(out.Rates, rateOf("seal", size, time.Since(start)))
	start = time.Now()
	if _, err := engine.Verify(ctx, "large"); err != nil {
		return out, err
	}
	out.Rates = append(out.Rates, rateOf("verify", size, time.Since(start)))
	small := data[:min(len(data), 4096)]
	if _, err := engine.Seal(ctx, vram.SealRequest{ID: "small", Device: vram.AnyDevice, Source: bytes.NewReader(small), Size: gpu.BytesOf(len(small))}); err != nil {
		return out, err
	}
	start = time.Now()
	for took := time.Duration(0); took < time.Second; took = time.Since(start) {
		_, err := engine.Execute(ctx, vram.ExecuteRequest{Shards: []string{"small"}}, func(context.Context, *vram.Run) error { return nil })
		if err != nil {
			return out, err
		}
		out.Executes++
	}
	out.ExecuteUS = float64(time.Since(start).Microseconds()) / float64(out.Executes)
	return out, nil
}

func (a *app) printEngineBench(b engineBench) error {
	if a.json {
		return render.JSON(a.Stdout, b)
	}
	var rows [][]string
	for _, r := range b.Rates {
		rows = append(rows, []string{r.Name, gpu.Bytes(r.Bytes).String(), fmt.Sprintf("%.1f ms", r.DurationMS), render.Rate(r.BytesPerSecond)})
	}
	rows = append(rows, []string{"execute (4 KiB, checked before)", "4 KiB", fmt.Sprintf("%.0f µs", b.ExecuteUS), ""})
	return render.Table(a.Stdout, []string{"WHAT (simulated device)", "SIZE", "TOOK", "RATE"}, rows)
}
