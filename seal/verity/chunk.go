package verity

import (
	"context"
	"fmt"
	"io"

	"github.com/cockroachdb/errors"
)

// job is what the workers of one parallel pass share.
type job struct {
	source io.ReaderAt
	size   uint64
	step   uint64 // how many workers there are
	leaves []byte // where the leaves of all chunks go, if they are kept
}

// chunkResult is the hash of level 1 of a chunk.
type chunkResult struct {
	hash Hash
	err  error
}

// work hashes every step-th chunk from first on. It closes the queue when it
// is done; a queue that closes early tells that the source panicked.
func (j job) work(ctx context.Context, first uint64, queue chan<- chunkResult) {
	defer close(queue)
	defer func() {
		// The value is dropped: it may hold what must not be printed.
		if recover() != nil {
			return
		}
	}()
	buf := make([]byte, readSize)
	scratch := make([]byte, 0, BlockSize)
	for chunk := first; chunk < groups(j.size, chunkSize); chunk += j.step {
		dst := scratch
		if j.leaves != nil {
			rest := j.leaves[chunk*BlockSize:] // a chunk's leaves fill a block
			dst = rest[:0:min(BlockSize, len(rest))]
		}
		var result chunkResult
		start := chunk * chunkSize
		leaves, err := hashChunk(ctx, j.source, buf, start, min(chunkSize, j.size-start), dst)
		if err != nil {
			result.err = err
		} else {
			copy(result.hash[:], HashBlocks(nil, leaves))
		}
		select {
		case queue <- result:
		case <-ctx.Done():
			return
		}
		if result.err != nil {
			return
		}
	}
}

// hashChunk appends the leaves of length bytes of r from start on to dst. buf
// is as long as length, or a multiple of the block size.
func hashChunk(ctx context.Context, r io.ReaderAt, buf []byte, start, length uint64, dst []byte) ([]byte, error) {
	for length > 0 {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("verity: digest: %w", err)
		}
		piece := buf[:min(uint64(len(buf)), length)]
		if err := readAt(r, piece, start); err != nil {
			return nil, err
		}
		dst = HashBlocks(dst, piece)
		start += uint64(len(piece))
		length -= uint64(len(piece))
	}
	return dst, nil
}

// readAt fills p.
func readAt(r io.ReaderAt, p []byte, at uint64) error {
	n, err := r.ReadAt(p, int64(at)) //nolint:gosec // the caller refused sizes above MaxInt64
	switch {
	case n == len(p):
		return nil // an error that came with all bytes, such as io.EOF, says nothing of them
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrTooShort
	case err != nil:
		return fmt.Errorf("verity: read: %w", err)
	default:
		return ErrReader
	}
}

// endsAt checks that r does not go on after size.
func endsAt(r io.ReaderAt, size uint64) error {
	n, err := r.ReadAt(make([]byte, 1), int64(size)) //nolint:gosec // as above
	switch {
	case n > 0:
		return ErrTooLong
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("verity: read: %w", err)
	default:
		return ErrReader
	}
}
