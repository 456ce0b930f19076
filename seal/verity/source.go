package verity

import (
	"fmt"
	"io"

	"github.com/cockroachdb/errors"
)

// source is what a pass hashes.
type source interface {
	// piece returns some of the next length bytes from start on: all of them,
	// or a multiple of the block size. They are in w or elsewhere, and valid
	// until the next call with w.
	piece(w *workspace, start, length uint64) ([]byte, error)
	// endsAt checks that the source does not go on after size.
	endsAt(size uint64) error
}

// memory is a source that is in memory already. Nothing of it is copied.
type memory []byte

func (m memory) piece(_ *workspace, start, length uint64) ([]byte, error) {
	if start > uint64(len(m)) || length > uint64(len(m))-start {
		return nil, ErrTooShort
	}
	// A whole chunk, because that is not taken to be in the caches.
	return m[start:][:min(length, chunkSize)], nil
}

func (m memory) endsAt(size uint64) error {
	if uint64(len(m)) > size {
		return ErrTooLong
	}
	return nil
}

// reader is a source that is read, in pieces that stay in the caches of the
// processor until they are hashed.
type reader struct{ io.ReaderAt }

func (r reader) piece(w *workspace, start, length uint64) ([]byte, error) {
	p := w.room(length)
	n, err := r.ReadAt(p, int64(start)) //nolint:gosec // the caller refused sizes above MaxInt64
	switch {
	case n == len(p):
		return p, nil // an error that came with all bytes, such as io.EOF, says nothing of them
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, ErrTooShort
	case err != nil:
		return nil, fmt.Errorf("verity: read: %w", err)
	default:
		return nil, ErrReader
	}
}

func (r reader) endsAt(size uint64) error {
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
