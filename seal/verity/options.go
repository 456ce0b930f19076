package verity

import (
	"fmt"
	"runtime"
)

// maxThreads bounds the memory of a parallel pass: 16 MiB at most.
const maxThreads = 64

// Options say how a source is read. The zero value is right for most.
type Options struct {
	// Threads is how many goroutines read and hash: 0 for as many as there
	// are processors to use, at most 64. Each has a buffer of 256 KiB.
	Threads int
	// Progress, if set, is called now and then with the number of bytes
	// digested so far, on the goroutine that called, and last with the size.
	Progress func(done uint64)
}

// threads returns how many goroutines to use for so many chunks.
func (o Options) threads(chunks uint64) (int, error) {
	if o.Threads < 0 || o.Threads > maxThreads {
		return 0, fmt.Errorf("%w: Threads is %d; give 0 to %d", ErrBadOptions, o.Threads, maxThreads)
	}
	n := o.Threads
	if n == 0 {
		n = min(runtime.GOMAXPROCS(0), maxThreads)
	}
	return max(int(min(uint64(n), chunks)), 1), nil
}

func (o Options) progress(done uint64) {
	if o.Progress != nil {
		o.Progress(done)
	}
}
