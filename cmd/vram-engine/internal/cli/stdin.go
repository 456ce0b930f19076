package cli

import (
	"context"
	"io"
	"math"
	"os"

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
			return p.f.Read(b)
		}
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
