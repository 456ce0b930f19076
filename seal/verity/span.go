package verity

import (
	"context"
	"fmt"
)

// spanOf returns how many chunks of a source each worker takes at a time: so
// many that their hashes of level 1 fill the lanes of the processor, and so
// few that all workers end at nearly the same time.
func spanOf(size uint64, threads int) uint64 {
	share := groups(size, chunkSize) / uint64(8*max(threads, 1))
	return min(max(share, 1), maxSpan)
}

// spanResult is the hashes of level 1 of a span.
type spanResult struct {
	hashes [maxSpan * HashSize]byte
	length int // of hashes
	bytes  uint64
	err    error
}

// appendLeaves appends the leaves of length bytes of s from start on to dst.
// It looks at ctx before every piece: after its end one more is hashed at
// most, the one that was read by then.
func appendLeaves(ctx context.Context, s source, w *workspace, start, length uint64, dst []byte) ([]byte, error) {
	for length > 0 {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("verity: digest: %w", err)
		}
		piece, err := s.piece(w, start, length)
		if err != nil {
			return nil, err
		}
		dst = HashBlocks(dst, piece)
		start += uint64(len(piece))
		length -= uint64(len(piece))
	}
	return dst, nil
}
