package suite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// hasher is one way to hash bytes that are in memory. A library to compare
// with is one more row.
type hasher struct {
	name string
	hash func(ctx context.Context, data []byte) error
}

// The names that ratios are made of.
const (
	inPlace     = "seal/verity in place, 1 thread"
	reader      = "seal/verity through a reader, 1 thread"
	plainStream = "crypto/sha256, one stream"
	plainLeaves = "crypto/sha256 per 4096-byte leaf"
)

func readerAll() string {
	return fmt.Sprintf("seal/verity through a reader, %d threads", runtime.GOMAXPROCS(0))
}

func hashers() []hasher {
	leaves := make([]byte, 0, 1<<20)
	return []hasher{
		{inPlace, func(_ context.Context, data []byte) error {
			sum := verity.Sum(data)
			leaves = append(leaves[:0], sum[:]...)
			return nil
		}},
		{reader, throughReader(1)},
		{readerAll(), throughReader(0)},
		{plainStream, func(_ context.Context, data []byte) error {
			sum := sha256.Sum256(data)
			leaves = append(leaves[:0], sum[:]...)
			return nil
		}},
		{plainLeaves, func(_ context.Context, data []byte) error {
			leaves = leaves[:0]
			for block := range slices.Chunk(data, verity.BlockSize) {
				sum := sha256.Sum256(block)
				leaves = append(leaves, sum[:]...)
			}
			return nil
		}},
	}
}

func throughReader(threads int) func(context.Context, []byte) error {
	return func(ctx context.Context, data []byte) error {
		_, err := verity.DigestReaderAt(ctx, bytes.NewReader(data), uint64(len(data)), verity.Options{Threads: threads})
		return err
	}
}
