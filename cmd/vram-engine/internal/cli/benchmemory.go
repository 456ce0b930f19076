package cli

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// cancelEvery is how much is hashed between two looks at the context.
const cancelEvery = int(4 * gpu.MiB)

// What the digest is compared with.
const (
	streamName = "crypto/sha256, one stream"
	blocksName = "crypto/sha256 per 4 KiB block"
)

// memoryTrials hash the same memory.
func memoryTrials(data []byte) []trial {
	trials := []trial{
		{name: streamName, threads: 1, work: func(ctx context.Context) error {
			h := sha256.New()
			for part := range slices.Chunk(data, cancelEvery) {
				if _, err := h.Write(part); err != nil {
					return err
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			h.Sum(nil)
			return nil
		}},
		{name: blocksName, threads: 1, base: true, work: func(ctx context.Context) error {
			sums := make([]byte, 0, sha256.Size)
			for part := range slices.Chunk(data, cancelEvery) {
				sums = sumBlocks(sums, part)
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		}},
	}
	for _, n := range threadCounts() {
		trials = append(trials, trial{name: digestName(n), threads: n, work: func(ctx context.Context) error {
			_, err := verity.DigestMemory(ctx, data, verity.Options{Threads: n})
			return err
		}})
	}
	return trials
}

// sumBlocks hashes each block by itself, and keeps one hash so that none is
// left out.
func sumBlocks(sums, data []byte) []byte {
	for block := range slices.Chunk(data, verity.BlockSize) {
		sum := sha256.Sum256(block)
		sums = append(sums[:0], sum[:]...)
	}
	return sums
}

// maxDigestThreads is what one digest can be asked for.
const maxDigestThreads = 64

// threadCounts are powers of two up to all processors, and all of them.
func threadCounts() []int {
	all := min(runtime.GOMAXPROCS(0), maxDigestThreads)
	var counts []int
	for n := 1; n < all; n *= 2 {
		counts = append(counts, n)
	}
	return append(counts, all)
}

func digestName(threads int) string {
	if threads == 1 {
		return "vram-engine digest, 1 thread"
	}
	return fmt.Sprintf("vram-engine digest, %d threads", threads)
}

// benchLine tells on a terminal what is measured now.
type benchLine struct {
	w     io.Writer // nil: no terminal
	shown string
}

func newBenchLine(w io.Writer) *benchLine {
	if !render.IsTerminal(w) {
		return &benchLine{}
	}
	return &benchLine{w: w}
}

func (l *benchLine) show(text string) error {
	if l.w == nil || text == l.shown {
		return nil
	}
	l.shown = text
	_, err := fmt.Fprintf(l.w, "\r\x1b[K%s", text)
	return err
}

// end removes the line.
func (l *benchLine) end() error {
	if l.w == nil || l.shown == "" {
		return nil
	}
	_, err := fmt.Fprint(l.w, "\r\x1b[K")
	return err
}
