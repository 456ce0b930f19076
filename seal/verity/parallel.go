package verity

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"
)

// chunkSize is what one hash of level 1 stands for.
const chunkSize = HashesPerBlock * BlockSize

// queued is how many chunks a worker may be ahead of the collector.
const queued = 4

// DigestReaderAt returns the digest of the size bytes of r, read by several
// goroutines at once: r must allow that, as io.ReaderAt demands. It returns
// when all of them have ended. It blocks on r and looks at ctx between reads.
// If r ends earlier the error is ErrTooShort, if it goes on after size it is
// ErrTooLong; other errors of r and of ctx are wrapped. A panic of r on
// one of these goroutines becomes ErrReader; one of Progress is the caller's.
func DigestReaderAt(ctx context.Context, r io.ReaderAt, size uint64, o Options) (Digest, error) {
	f, err := scan(ctx, r, size, noLevel, o)
	if err != nil {
		return Digest{}, err
	}
	return FileDigest(f.root, size), nil
}

// TreeReaderAt is DigestReaderAt that keeps the hashes of the given level, or
// of the root's where the tree is lower. Level 0 takes 32 bytes per 4096.
func TreeReaderAt(ctx context.Context, r io.ReaderAt, size uint64, level int, o Options) (*Tree, error) {
	if level < 0 {
		return nil, fmt.Errorf("%w: a kept level is 0 or more", ErrBadOptions)
	}
	level = min(level, max(Levels(size)-1, 0))
	f, err := scan(ctx, r, size, level, o)
	if err != nil {
		return nil, err
	}
	return NewTree(size, level, f.kept)
}

// scan reads the source and hashes it.
func scan(ctx context.Context, r io.ReaderAt, size uint64, keep int, o Options) (finished, error) {
	if _, ok := LevelBytes(size, keep); size > math.MaxInt64 || !ok {
		return finished{}, ErrTooLarge
	}
	if err := endsAt(r, size); err != nil {
		return finished{}, err
	}
	threads, err := o.threads(groups(size, chunkSize))
	if err != nil {
		return finished{}, err
	}
	var f finished
	if size <= chunkSize {
		f, err = scanSmall(ctx, r, size, keep, o)
	} else {
		f, err = scanChunks(ctx, r, size, keep, threads, o)
	}
	if err != nil {
		return finished{}, err
	}
	return f, endsAt(r, size)
}

// scanSmall hashes a source that is one chunk.
func scanSmall(ctx context.Context, r io.ReaderAt, size uint64, keep int, o Options) (finished, error) {
	l := newLevel(0, keep)
	leaves, err := hashChunk(ctx, r, make([]byte, min(readSize, size)), 0, size, nil)
	if err != nil {
		return finished{}, err
	}
	l.push(leaves)
	o.progress(size)
	return l.finish(), nil
}

// scanChunks hashes a source of several chunks. Worker w of n takes the chunks
// w, w+n, …; each has its own queue, and the collector empties these in turn,
// so that the hashes arrive in order.
func scanChunks(ctx context.Context, r io.ReaderAt, size uint64, keep, threads int, o Options) (finished, error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()

	j := job{source: r, size: size, step: uint64(threads)} //nolint:gosec // 1 to 64
	if keep == 0 {
		n, ok := LevelBytes(size, 0)
		if !ok {
			return finished{}, ErrTooLarge
		}
		j.leaves = make([]byte, n)
	}
	queues := make([]chan chunkResult, 0, threads)
	for w := range uint64(threads) { //nolint:gosec // 1 to 64
		queue := make(chan chunkResult, queued)
		queues = append(queues, queue)
		wg.Go(func() { j.work(ctx, w, queue) })
	}
	f, err := collect(ctx, queues, size, keep, o)
	if keep == 0 {
		f.kept = j.leaves
	}
	return f, err
}

// collect takes the hash of every chunk in order and builds the upper levels.
func collect(ctx context.Context, queues []chan chunkResult, size uint64, keep int, o Options) (finished, error) {
	l := newLevel(1, keep)
	var done uint64
	for {
		for _, queue := range queues {
			result, ok := <-queue
			if err := ctx.Err(); err != nil {
				return finished{}, fmt.Errorf("verity: digest: %w", err)
			}
			if !ok {
				return finished{}, fmt.Errorf("%w: it panicked or ended its goroutine", ErrReader)
			}
			if result.err != nil {
				return finished{}, result.err
			}
			l.push(result.hash[:])
			done += min(chunkSize, size-done)
			o.progress(done)
			if done == size {
				return l.finish(), nil
			}
		}
	}
}
