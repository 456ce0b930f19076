package vram

import (
	"context"
	"io"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
)

// guarded is a caller's reader that can do no harm: its panic is an error, so
// is a count that cannot be, and one that gives nothing again and again is
// not asked for ever.
type guarded struct {
	r   io.Reader
	ctx context.Context
}

// maxEmptyReads is how often in a row a reader may give neither bytes nor an
// error.
const maxEmptyReads = 100

// Read implements io.Reader. Every error but io.EOF is actors.ErrSourceFailed,
// or the context's.
func (g guarded) Read(p []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, unreadable(errors.Newf("it panicked with a value of type %T", v))
		}
	}()
	if len(p) == 0 {
		return 0, nil
	}
	for range maxEmptyReads {
		n, err := g.r.Read(p)
		switch {
		case n < 0 || n > len(p):
			return 0, unreadable(errors.Newf("it claims to have read %d bytes into %d", n, len(p)))
		case err != nil && !errors.Is(err, io.EOF):
			return n, unreadable(err)
		case n > 0 || err != nil:
			return n, err
		case g.ctx.Err() != nil:
			return 0, errors.WithStack(g.ctx.Err())
		}
	}
	return 0, unreadable(io.ErrNoProgress)
}

func unreadable(err error) error { return &actors.Error{Code: actors.ErrSourceFailed, Cause: err} }

// errReaderGone is told when a source ended the goroutine that read it.
func errReaderGone() error {
	return unreadable(errors.New("it ended the goroutine that read it (runtime.Goexit)"))
}

// readFull fills p, or says that the source is too short.
func readFull(r io.Reader, p []byte) error {
	_, err := io.ReadFull(r, p)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errShort
	}
	return err
}

// aside runs fn on a goroutine of its own and returns its error, or the
// context's if that ends first: fn may then still be reading the caller's
// source.
func aside(ctx context.Context, fn func() error) error {
	done := make(chan error, 1)
	go func() {
		err := errReaderGone()
		defer func() { done <- err }()
		err = fn()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errors.WithStack(ctx.Err())
	}
}
