package verity

import (
	"fmt"
	"runtime"
)

// maxThreads bounds the memory of a parallel pass: 20 MiB at most.
const maxThreads = 64

// fewProcessors is how many processors are all used by default. Where there
// are more, one is left to inference.
const fewProcessors = 4

// Options say how a source is read. The zero value is right for most.
type Options struct {
	// Threads is how many goroutines read and hash, 1 to 64. 0 is for as many
	// as there are processors that the process may use (GOMAXPROCS), less one
	// for inference where these are more than 4, and at most 64. A source of
	// fewer than as many chunks of 512 KiB has one for each chunk. Each has
	// working memory of 320 KiB, which is used again by later calls.
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
		n = DefaultThreads()
	}
	return max(int(min(uint64(n), chunks)), 1), nil
}

// DefaultThreads is how many threads 0 in Options stands for now, without
// regard to the size of a source.
func DefaultThreads() int { return defaultThreads(runtime.GOMAXPROCS(0)) }

// defaultThreads is how many goroutines hash where so many processors may be
// used.
func defaultThreads(processors int) int {
	if processors > fewProcessors {
		processors--
	}
	return min(max(processors, 1), maxThreads)
}

func (o Options) progress(done uint64) {
	if o.Progress != nil {
		o.Progress(done)
	}
}
