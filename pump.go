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

// chunk is what a source gave.
type chunk struct {
	p    []byte // the part of a staging buffer that is filled
	last bool
	err  error
}

// source reads exactly size bytes in chunks, on a goroutine of its own, which
// owns the staging buffers and gives them back when it ends: a reader that is
// stuck keeps its buffers, whoever gave up waiting for it.
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
		c := chunk{p: buffer}
		if want, ok := left.Int(); ok && want < len(buffer) {
			c.p = buffer[:want]
		}
		if c.err = readFull(s.r, c.p); c.err == nil {
			left = left.SubSat(gpu.BytesOf(len(c.p)))
			c.last = left == 0
			c.err = s.finish(c)
		}
		select {
		case s.filled <- c:
		case <-ctx.Done():
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
	switch err := readFull(s.r, one[:]); {
	case err == nil:
		clear(one[:])
		return errors.Wrapf(ErrInvalidInput, "the source is longer than %d bytes: it grew while it was read, or the size is wrong", uint64(s.size))
	case errors.Is(err, errShort):
		return nil
	default:
		return err
	}
}

var errShort = errors.Wrap(ErrInvalidInput, "the source ended before its size: it shrank while it was read, or the size is wrong")

// pump brings the source's bytes into device memory.
func (e *Engine) pump(ctx context.Context, loader *actors.Loader, spec actors.ShardSpec, r io.Reader, q SealRequest) error {
	pair, pool, err := e.takeStaging(ctx, loader.Device())
	if err != nil {
		return err
	}
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	src := &source{r: guarded{r: r, ctx: reading}, size: spec.Size, free: make(chan []byte, len(pair)), filled: make(chan chunk)}
	if q.ExpectSHA256 != "" {
		src.plain = sha256.New()
	}
	for _, s := range pair {
		src.free <- s.Bytes()
	}
	written := make(chan struct{})
	defer close(written)
	go func() {
		// Deferred: the reader may end the goroutine, and Progress may panic.
		defer func() {
			<-written
			if err := pool.put(pair, spec.Size); err != nil {
				e.options.Logger.Error("staging memory was not wiped", "error", err.Error())
			}
		}()
		src.read(reading)
	}()
	if err := src.write(ctx, loader, q.Progress); err != nil || src.plain == nil {
		return err
	}
	return checkPlain(spec.ID, src.plain, q.ExpectSHA256)
}

// checkPlain compares what was hashed with the plain SHA-256 that is expected.
func checkPlain(id string, sum hash.Hash, want string) error {
	expect, err := input.PlainSHA256(want)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(sum.Sum(nil), expect[:]) != 1 {
		return &actors.Error{Code: actors.ErrUnexpected, Shard: id, Detail: "the source does not have the expected plain SHA-256; nothing was kept"}
	}
	return nil
}

// write hands the chunks to the device in order.
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
			return errors.CombineErrors(ctx.Err(), errReaderGone())
		}
		if c.err != nil {
			return c.err
		}
		if err := loader.Write(ctx, c.p, done); err != nil {
			return err
		}
		done = done.AddSat(gpu.BytesOf(len(c.p)))
		if progress != nil {
			progress(done, s.size)
		}
		if c.last {
			return nil
		}
		s.free <- c.p[:cap(c.p)]
	}
}
