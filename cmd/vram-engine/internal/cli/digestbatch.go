package cli

import (
	"context"
	"io"
	"slices"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// largeFile is from which size on a file is read with all threads, and alone.
// Smaller ones are read by one thread each, several at once.
const largeFile = 16 * gpu.MiB

// digestResult is what came of a file.
type digestResult struct {
	digest fileDigest
	err    error
}

// digestBatch digests files, some at once.
type digestBatch struct {
	names   []string
	results []chan digestResult // each has room for its one
	stdin   io.Reader
	first   int // which name is the standard input, which can be read once; or -1
	meter   *meter
	turns   *turns
}

func newDigestBatch(names []string, stdin io.Reader, screen *render.Screen) *digestBatch {
	b := &digestBatch{names: names, stdin: stdin, first: slices.Index(names, "-"), meter: newMeter(screen, names), turns: newTurns()}
	for range names {
		b.results = append(b.results, make(chan digestResult, 1))
	}
	return b
}

// start starts as many readers as there are threads to use. They end when all
// files are done, or soon after ctx ends.
func (b *digestBatch) start(ctx context.Context) {
	for range min(verity.DefaultThreads(), len(b.names)) {
		go b.work(ctx)
	}
}

func (b *digestBatch) work(ctx context.Context) {
	for ctx.Err() == nil {
		i := b.turns.begin()
		if i >= len(b.names) {
			return
		}
		d, err := b.digest(ctx, i)
		b.turns.end(i)
		b.results[i] <- digestResult{d, err}
	}
}
