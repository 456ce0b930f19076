package vram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"hash"
	"io"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/internal/input"
)

// The staging memory: every load has two buffers, so that reading and copying
// overlap, and only so many loads run at once. Together at most 32 MiB.
const (
	stagingBuffer = 2 * gpu.MiB
	maxLoads      = 8
)

// chunk is what a source gave.
type chunk struct {
	p    []byte // the part of a staging buffer that is filled
	last bool
	err  error
}

// source reads exactly size bytes in chunks, on a goroutine of its own. Its
// buffers are zeroed when they are done with.
type source struct {
	r      io.Reader
	size   gpu.Bytes
	plain  hash.Hash // nil if no plain SHA-256 is expected
	free   chan []byte
	filled chan chunk
}

// read fills buffers until the source is at its end, an error, or ctx's end.
func (s *source) read(ctx context.Context) {
	defer close(s.filled)
	for left := s.size; ; {
		var buffer []byte
		select {
		case buffer = <-s.free:
		case <-ctx.Done():
			return
		}
		want, ok := min(left, gpu.BytesOf(len(buffer))).Int()
		if !ok {
			return
		}
		c := chunk{p: buffer[:want]}
		if err := readFull(s.r, c.p); err != nil {
			c.err = err
		} else {
			left = left.SubSat(gpu.BytesOf(want))
			c.last = left == 0
			c.err = s.finish(c)
		}
		select {
		case s.filled <- c:
		case <-ctx.Done():
			clear(buffer)
			return
		}
		if c.err != nil || c.last {
			return
		}
	}
}

// finish hashes the chunk and, after the last, makes sure that the source is
// at its end.
func (s *source) finish(c chunk) error {
	if s.plain != nil {
		if _, err := s.plain.Write(c.p); err != nil {
			return err
		}
	}
	if !c.last {
		return nil
	}
	var one [1]byte
	n, err := s.r.Read(one[:])
	for n == 0 && err == nil { // a reader may give nothing, and no error, for a while
		n, err = s.r.Read(one[:])
	}
	switch {
	case n > 0:
		clear(one[:])
		return errors.Wrapf(ErrInvalidInput, "the source is longer than %d bytes: it grew while it was read, or the size is wrong", uint64(s.size))
	case errors.Is(err, io.EOF):
		return nil
	default:
		return unreadable(err)
	}
}

func unreadable(err error) error { return &actors.Error{Code: actors.ErrSourceFailed, Cause: err} }

// readFull fills p. A reader that panics is a reader that cannot be read.
func readFull(r io.Reader, p []byte) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = unreadable(errors.Newf("it panicked with a value of type %T", v))
		}
	}()
	_, err = io.ReadFull(r, p)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.Wrap(ErrInvalidInput, "the source ended before its size: it shrank while it was read, or the size is wrong")
	}
	return unreadable(err)
}

// pump brings the source's bytes into device memory.
func (e *Engine) pump(ctx context.Context, loader *actors.Loader, spec actors.ShardSpec, r io.Reader, q SealRequest) error {
	select {
	case e.loads <- struct{}{}:
		defer func() { <-e.loads }()
	case <-ctx.Done():
		return ctx.Err()
	}
	src := &source{r: r, size: spec.Size, free: make(chan []byte, 2), filled: make(chan chunk)}
	if q.ExpectSHA256 != "" {
		src.plain = sha256.New()
	}
	room, ok := min(spec.Size, stagingBuffer).Int()
	if !ok {
		return errors.AssertionFailedf("a staging buffer of %d bytes", uint64(stagingBuffer))
	}
	src.free <- make([]byte, room)
	src.free <- make([]byte, room)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go src.read(ctx)
	if err := src.write(ctx, loader, q.Progress); err != nil {
		return err
	}
	if src.plain == nil {
		return nil
	}
	expect, err := input.PlainSHA256(q.ExpectSHA256)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(src.plain.Sum(nil), expect[:]) != 1 {
		return &actors.Error{Code: actors.ErrUnexpected, Shard: spec.ID, Detail: "the source does not have the expected plain SHA-256; nothing was kept"}
	}
	return nil
}

// write hands the chunks to the device in order. A buffer is zeroed before it
// is filled again or dropped.
func (s *source) write(ctx context.Context, loader *actors.Loader, progress func(done, total gpu.Bytes)) error {
	var done gpu.Bytes
	for {
		var c chunk
		var open bool
		select {
		case c, open = <-s.filled:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !open {
			return ctx.Err()
		}
		err := c.err
		if err == nil {
			err = loader.Write(ctx, c.p, done)
		}
		done = done.AddSat(gpu.BytesOf(len(c.p)))
		clear(c.p)
		if err != nil {
			return err
		}
		if progress != nil {
			progress(done, s.size)
		}
		if c.last {
			return nil
		}
		s.free <- c.p[:cap(c.p)]
	}
}
