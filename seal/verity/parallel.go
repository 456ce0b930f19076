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

// DigestReaderAt returns the digest of the size bytes of r, read by several
// goroutines at once: r must allow that, as io.ReaderAt demands. It returns
// when all of them have ended. It blocks on r; when ctx ends, each goroutine
// ends the read of up to 256 KiB that it is in, hashes that at most, and reads
// no more, so that it returns within a millisecond unless a read takes longer:
// nobody can interrupt one that waits for a disk or a network.
// If r ends earlier the error is ErrTooShort, if it goes on after size it is
// ErrTooLong; other errors of r and of ctx are wrapped. A panic of r on
// one of these goroutines becomes ErrReader; one of Progress is the caller's.
func DigestReaderAt(ctx context.Context, r io.ReaderAt, size uint64, o Options) (Digest, error) {
	f, err := scan(ctx, reader{r}, size, noLevel, o)
	if err != nil {
		return Digest{}, err
	}
	return FileDigest(f.root, size), nil
}

// DigestMemory returns the digest of data, hashed where it is by several
// goroutines at once. It returns when all of them have ended, which is within
// a millisecond of the end of ctx: each goroutine hashes what is left of
// 512 KiB at most. Nobody may change data meanwhile, and all of it must be
// readable: a fault, such as that of a mapped file that was cut shorter, ends
// the process. The only errors are ErrBadOptions and that of ctx.
func DigestMemory(ctx context.Context, data []byte, o Options) (Digest, error) {
	size := uint64(len(data))
	f, err := scan(ctx, memory(data), size, noLevel, o)
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
	f, err := scan(ctx, reader{r}, size, level, o)
	if err != nil {
		return nil, err
	}
	return NewTree(size, level, f.kept)
}

// scan reads the source and hashes it.
func scan(ctx context.Context, s source, size uint64, keep int, o Options) (finished, error) {
	if _, ok := LevelBytes(size, keep); size > math.MaxInt64 || !ok {
		return finished{}, ErrTooLarge
	}
	if err := s.endsAt(size); err != nil {
		return finished{}, err
	}
	threads, err := o.threads(groups(size, chunkSize))
	if err != nil {
		return finished{}, err
	}
	var f finished
	if size <= chunkSize {
		f, err = scanSmall(ctx, s, size, keep, o)
	} else {
		f, err = scanSpans(ctx, s, size, keep, threads, o)
	}
	if err != nil {
		return finished{}, err
	}
	return f, s.endsAt(size)
}

// scanSmall hashes a source that is one chunk.
func scanSmall(ctx context.Context, s source, size uint64, keep int, o Options) (finished, error) {
	l := newLevel(0, keep)
	space := takeWorkspace()
	leaves, err := appendLeaves(ctx, s, space, 0, size, space.leaves[:0])
	l.push(leaves)
	space.release()
	if err != nil {
		return finished{}, err
	}
	o.progress(size)
	return l.finish(), nil
}

// scanSpans hashes a source of several chunks.
func scanSpans(ctx context.Context, s source, size uint64, keep, threads int, o Options) (finished, error) {
	var leaves []byte
	if keep == 0 {
		n, ok := LevelBytes(size, 0)
		if !ok {
			return finished{}, ErrTooLarge
		}
		leaves = make([]byte, n)
	}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()

	w := newWorkers(s, size, threads, leaves)
	for range threads {
		all.Go(func() { w.work(ctx) })
	}
	f, err := w.collect(ctx, keep, o)
	if keep == 0 {
		f.kept = leaves
	}
	return f, err
}
