package cli

import (
	"context"
	"io"
	"math"
	"os"
	"time"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// interruptible returns a reader of r that ends with ctx, even where a read of
// r waits for somebody who says nothing. It belongs to one goroutine.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	if f, ok := r.(*os.File); ok && f.Fd() <= math.MaxInt32 {
		return polled{ctx, f, int32(f.Fd())} //nolint:gosec // checked just before
	}
	return aside{ctx, r}
}

// polled reads a file only when it has something to read or has ended.
type polled struct {
	ctx context.Context // ends the reads
	f   *os.File
	fd  int32
}

// look is how many milliseconds pass between looks at the context.
const look = 5

// Read is io.Reader's.
func (p polled) Read(b []byte) (int, error) {
	for {
		ready := [1]unix.PollFd{{Fd: p.fd, Events: unix.POLLIN}}
		n, err := unix.Poll(ready[:], look)
		switch {
		case p.ctx.Err() != nil:
			return 0, p.ctx.Err()
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case n > 0:
			read, err := p.f.Read(b)
			if err != nil && cutOff(p.ctx, p.f) {
				err = p.ctx.Err()
			}
			return read, err
		}
	}
}

// afterEnd is for how long the end of a pipe is not believed.
const afterEnd = 50 * time.Millisecond

// cutOff tells whether the input ended because whoever wrote it was interrupted
// together with this program, by one Ctrl-C for both. What has been read is
// then not all there was; the signal may arrive after the end. It is asked of
// what is no regular file.
func cutOff(ctx context.Context, f *os.File) bool {
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		return ctx.Err() != nil
	}
	select {
	case <-ctx.Done():
		return true
	case <-time.After(afterEnd):
		return false
	}
}

// aside reads on goroutines of its own. A read that was given up may take
// input with it.
type aside struct {
	ctx context.Context // ends the reads
	r   io.Reader
}

// asideSize is how much is read at once.
const asideSize = 256 << 10

// Read is io.Reader's.
func (i aside) Read(p []byte) (int, error) {
	type answer struct {
		data []byte
		err  error
	}
	answered := make(chan answer, 1)
	own := make([]byte, min(len(p), asideSize))
	go func() {
		n, err := i.r.Read(own)
		answered <- answer{own[:max(0, min(n, len(own)))], err}
	}()
	select {
	case a := <-answered:
		return copy(p, a.data), a.err
	case <-i.ctx.Done():
		return 0, i.ctx.Err()
	}
}
