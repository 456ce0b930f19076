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

// DigestReader reads r to its end, on the goroutine that called, and returns
// the digest and how many bytes there were. Up to 8 other goroutines hash what
// was read if the stream is longer than 512 KiB and Threads is not 1; they
// have ended when it returns. It keeps 512 KiB for each and 1 MiB besides.
//
// It blocks on r and looks at ctx between reads, so that it returns within a
// millisecond of the end of ctx unless a read takes longer: a reader that
// waits for somebody has to be woken up by other means. An error of r or of
// ctx is wrapped.
func DigestReader(ctx context.Context, r io.Reader, o Options) (Digest, uint64, error) {
	threads, err := o.threads(maxStreamThreads)
	if err != nil {
		return Digest{}, 0, err
	}
	if threads > 1 {
		return digestStream(ctx, r, threads, o)
	}
	h := NewHasher()
	if err := copyTo(ctx, h, r, o); err != nil {
		return Digest{}, 0, err
	}
	return h.Sum(), h.Size(), nil
}

// copyTo writes r to h until r ends.
func copyTo(ctx context.Context, h *Hasher, r io.Reader, o Options) error {
	space := takeWorkspace()
	for {
		n, err := fill(ctx, r, space.room(readSize))
		if _, werr := h.Write(space.buf[:n]); werr != nil {
			return werr
		}
		if err == nil || errors.Is(err, io.EOF) {
			o.progress(h.Size())
		}
		if errors.Is(err, io.EOF) {
			space.release()
			return nil
		}
		if err != nil {
			return err // r may still write to the working memory: it is not used again
		}
	}
}

// fill reads until buf is full, r fails or ends, or ctx ends. The count is
// within buf whatever r claims. The error is io.EOF only at the end of r.
func fill(ctx context.Context, r io.Reader, buf []byte) (int, error) {
	total := 0
	for idle := 0; total < len(buf); {
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("verity: digest: %w", err)
		}
		n, err := r.Read(buf[total:])
		if n < 0 || n > len(buf)-total {
			return 0, ErrReader
		}
		total += n
		if errors.Is(err, io.EOF) {
			return total, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("verity: read: %w", err)
		}
		if idle++; n > 0 {
			idle = 0
		}
		if idle == 100 {
			return 0, fmt.Errorf("verity: read: %w", io.ErrNoProgress)
		}
	}
	return total, nil
}
