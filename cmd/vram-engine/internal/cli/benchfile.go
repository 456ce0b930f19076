package cli

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"slices"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// readEvery is how much crypto/sha256 gets of a file at once.
const readEvery = 256 << 10

// benchFile compares the ways to digest a temporary file in the page cache. No
// other program is started for it: this one never starts any.
func benchFile(ctx context.Context, line *benchLine, data []byte) (rates digestRates, err error) {
	f, err := os.CreateTemp("", "vram-engine-bench-")
	if err != nil {
		return rates, errors.Wrap(err, "a temporary file to measure with; name a folder that can be written with TMPDIR")
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if err := line.show("writing a temporary file"); err != nil {
		return rates, err
	}
	for part := range slices.Chunk(data, cancelEvery) {
		if err := ctx.Err(); err != nil {
			return rates, err
		}
		if _, err := f.Write(part); err != nil {
			return rates, errors.Wrap(err, "a temporary file to measure with; choose a smaller --size, or another folder with TMPDIR")
		}
	}
	if err := f.Sync(); err != nil { // so that it is not written while it is measured
		return rates, errors.Wrap(err, "a temporary file to measure with")
	}
	return takeTurns(ctx, line, gpu.BytesOf(len(data)), fileTrials(f, int64(len(data))))
}

// fileTrials read the same file.
func fileTrials(f io.ReaderAt, size int64) []trial {
	trials := []trial{
		{name: streamName, threads: 1, work: func(ctx context.Context) error {
			h := sha256.New()
			return readParts(ctx, f, size, func(part []byte) error {
				_, err := h.Write(part)
				return err
			})
		}},
		{name: blocksName, threads: 1, base: true, work: func(ctx context.Context) error {
			sums := make([]byte, 0, sha256.Size)
			return readParts(ctx, f, size, func(part []byte) error {
				sums = sumBlocks(sums, part)
				return nil
			})
		}},
	}
	for _, n := range threadCounts() {
		trials = append(trials, trial{name: digestName(n), threads: n, work: func(ctx context.Context) error {
			_, err := verity.DigestReaderAt(ctx, f, uint64(max(size, 0)), verity.Options{Threads: n})
			return err
		}})
	}
	return trials
}

// readParts reads a file in pieces.
func readParts(ctx context.Context, f io.ReaderAt, size int64, use func(part []byte) error) error {
	buffer := make([]byte, readEvery)
	for at := int64(0); at < size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := f.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		if err := errors.Join(use(buffer[:n]), ignoreEnd(err)); err != nil {
			return err
		}
		if n == 0 {
			return io.ErrUnexpectedEOF
		}
		at += int64(n)
	}
	return nil
}

// ignoreEnd forgets that a file ended: the number of bytes tells.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
