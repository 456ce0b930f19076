package cli

import (
	"context"
	"io"
)

// interruptible reads from r until ctx ends, even where a read of r waits for
// somebody who says nothing. A read that was given up may take input with it.
type interruptible struct {
	ctx context.Context // ends the reads
	r   io.Reader
}

// chunk is how much is read at once.
const chunk = 256 << 10

// Read is io.Reader's.
func (i interruptible) Read(p []byte) (int, error) {
	type answer struct {
		data []byte
		err  error
	}
	answered := make(chan answer, 1)
	own := make([]byte, min(len(p), chunk))
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
