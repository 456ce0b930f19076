package verity

import (
	"context"
	"fmt"
	"io"

	"github.com/cockroachdb/errors"
)

// readSize is how much is read at once. More would not fit in the caches of
// the processor beside what else is there.
const readSize = 64 * BlockSize

// DigestReader reads r to its end and returns the digest and how many bytes
// there were. It blocks on r and looks at ctx between reads; it keeps 256 KiB
// and the Hasher. An error of r or of ctx is wrapped. Threads is not used.
func DigestReader(ctx context.Context, r io.Reader, o Options) (Digest, uint64, error) {
	h := NewHasher()
	if err := copyTo(ctx, h, r, o); err != nil {
		return Digest{}, 0, err
	}
	return h.Sum(), h.Size(), nil
}

// copyTo writes r to h until r ends.
func copyTo(ctx context.Context, h *Hasher, r io.Reader, o Options) error {
	buf := make([]byte, readSize)
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("verity: digest: %w", err)
		}
		n, err := fill(r, buf)
		if _, werr := h.Write(buf[:n]); werr != nil {
			return werr
		}
		o.progress(h.Size())
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("verity: read: %w", err)
		}
	}
}

// fill reads until buf is full or r fails or ends. The count is within buf
// whatever r claims.
func fill(r io.Reader, buf []byte) (int, error) {
	total := 0
	for idle := 0; total < len(buf); {
		n, err := r.Read(buf[total:])
		if n < 0 || n > len(buf)-total {
			return total, ErrReader
		}
		total += n
		if err != nil {
			return total, err
		}
		if idle++; n > 0 {
			idle = 0
		}
		if idle == 100 {
			return total, io.ErrNoProgress
		}
	}
	return total, nil
}
