package cli

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

func newBench(a *app) *cobra.Command {
	size := sizeFlag(gpu.GiB / 4)
	digest := &cobra.Command{
		Use: "digest", Short: "Measure how fast this machine digests memory and files",
		Long: `Measure the digest beside crypto/sha256, with one thread and with more: of
memory, from 4 KiB up, and of a temporary file in the page cache. All take
turns; the figures are medians. It takes some seconds.

The variable ` + verity.ForceVariable + ` forces another implementation: go, shani,
avx2, avx512vl, avx512, avx512zen5 or avx512x2.`,
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.benchDigest(c.Context(), gpu.Bytes(size)) },
	}
	digest.Flags().Var(&size, "size", "the largest size to digest")
	return group("bench", "Measure this machine", digest, newBenchEngine(a))
}

// rate is one line of a measurement.
type rate struct {
	Name           string  `json:"name"`
	Bytes          uint64  `json:"bytes"`
	DurationMS     float64 `json:"duration_ms"`
	BytesPerSecond float64 `json:"bytes_per_second"`
}

// digestBench is the outcome of bench digest.
type digestBench struct {
	Implementation string        `json:"sha256"` // what the digest is made with
	Warning        string        `json:"warning,omitempty"`
	Processors     int           `json:"processors"`
	Memory         []digestRates `json:"memory"` // by size
	File           digestRates   `json:"file"`
}

// maxBenchFile is the size of the file, at most.
const maxBenchFile = gpu.GiB / 4

func (a *app) benchDigest(ctx context.Context, size gpu.Bytes) error {
	data, err := sample(ctx, size)
	if err != nil {
		return cancelled(ctx, err)
	}
	out := digestBench{
		Implementation: verity.Implementation(), Warning: verity.ImplementationWarning(),
		Processors: runtime.GOMAXPROCS(0),
	}
	line := newBenchLine(a.Stderr)
	for _, n := range benchSizes(size) {
		part := data[:min(n, len(data))]
		rates, err := takeTurns(ctx, line, gpu.BytesOf(len(part)), memoryTrials(part))
		if err != nil {
			return errors.Join(cancelled(ctx, err), line.end())
		}
		out.Memory = append(out.Memory, rates)
	}
	out.File, err = benchFile(ctx, line, data[:min(len(data), int(maxBenchFile))])
	if err := errors.Join(cancelled(ctx, err), line.end()); err != nil {
		return err
	}
	return a.printDigestBench(out)
}

// cancelled replaces what failed when the context ended.
func cancelled(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return failure.New(vram.ErrCanceled, "cancelled")
	}
	return err
}

// benchSizes are 4 KiB, and sixteen times as much as long as that is less than
// the largest, and the largest.
func benchSizes(largest gpu.Bytes) []int {
	var sizes []int
	for n, ok := 4*gpu.KiB, true; ok && n < largest; n, ok = n.Mul(16) {
		if size, ok := n.Int(); ok {
			sizes = append(sizes, size)
		}
	}
	if size, ok := largest.Int(); ok {
		sizes = append(sizes, size)
	}
	return sizes
}

func rateOf(name string, size gpu.Bytes, took time.Duration) rate {
	seconds := max(took, time.Nanosecond).Seconds()
	return rate{name, uint64(size), seconds * 1000, float64(size) / seconds}
}

// sample makes memory whose contents do not matter, but are not zero.
func sample(ctx context.Context, size gpu.Bytes) ([]byte, error) {
	n, err := lengthOf(size)
	if err != nil {
		return nil, err
	}
	data := make([]byte, n)
	source := rand.NewChaCha8([32]byte{})
	for part := range slices.Chunk(data, cancelEvery) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := source.Read(part); err != nil {
			return nil, err
		}
	}
	return data, nil
}
