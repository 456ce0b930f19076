package cli

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

func newBench(a *app) *cobra.Command {
	size := sizeFlag(gpu.GiB / 4)
	digest := &cobra.Command{
		Use: "digest", Short: "Measure how fast this machine digests memory",
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.benchDigest(c.Context(), gpu.Bytes(size)) },
	}
	digest.Flags().Var(&size, "size", "how much memory to digest")
	return group("bench", "Measure this machine", digest, newBenchEngine(a))
}

// rate is one line of a measurement.
type rate struct {
	Name           string  `json:"name"`
	Bytes          uint64  `json:"bytes"`
	DurationMS     float64 `json:"duration_ms"`
	BytesPerSecond float64 `json:"bytes_per_second"`
}

func (a *app) benchDigest(ctx context.Context, size gpu.Bytes) error {
	data, err := sample(size)
	if err != nil {
		return err
	}
	var rates []rate
	for _, m := range []struct {
		name string
		work func() error
	}{
		{"sha256, one core", func() error { sha256.Sum256(data); return nil }},
		{"fs-verity-sha256, one core", func() error { return digestWith(ctx, data, 1) }},
		{"fs-verity-sha256, all cores", func() error { return digestWith(ctx, data, 0) }},
	} {
		start := time.Now()
		if err := m.work(); err != nil {
			return err
		}
		rates = append(rates, rateOf(m.name, size, time.Since(start)))
	}
	if a.json {
		return render.JSON(a.Stdout, rates)
	}
	rows := make([][]string, 0, len(rates))
	for _, r := range rates {
		rows = append(rows, []string{r.Name, size.String(), render.Rate(r.BytesPerSecond)})
	}
	return render.Table(a.Stdout, []string{"WHAT", "SIZE", "RATE"}, rows)
}

func rateOf(name string, size gpu.Bytes, took time.Duration) rate {
	seconds := max(took, time.Nanosecond).Seconds()
	return rate{name, uint64(size), seconds * 1000, float64(size) / seconds}
}

func digestWith(ctx context.Context, data []byte, threads int) error {
	_, err := verity.DigestReaderAt(ctx, readerOf(data), uint64(len(data)), verity.Options{Threads: threads})
	if err != nil {
		return fmt.Errorf("digesting: %w", err)
	}
	return nil
}

// sample makes memory whose contents do not matter, but are not zero.
func sample(size gpu.Bytes) ([]byte, error) {
	n, err := lengthOf(size)
	if err != nil {
		return nil, err
	}
	data := make([]byte, n)
	source := rand.NewChaCha8([32]byte{})
	_, err = source.Read(data)
	return data, err
}
