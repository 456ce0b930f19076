package verity

import (
	"context"
	"fmt"
	"sync/atomic"
)

// ahead is how many spans for each worker may be hashed before the ones in
// front of them are.
const ahead = 4

// workers are goroutines that share the spans of a source. Whoever is free
// takes the next one, so that a slow processor does not hold up the others.
type workers struct {
	source source
	size   uint64
	span   uint64 // bytes of a span: a multiple of chunkSize
	leaves []byte // where the leaves of all spans go, if they are kept

	next  atomic.Uint64     // the span that is taken next
	room  chan struct{}     // one for each span that may be taken
	slots []chan spanResult // the results in turn; a span is taken only when its slot is free
}

func newWorkers(s source, size uint64, threads int, leaves []byte) *workers {
	w := &workers{
		source: s, size: size, span: spanOf(size, threads) * chunkSize, leaves: leaves,
		room: make(chan struct{}, ahead*threads), slots: make([]chan spanResult, 0, ahead*threads),
	}
	for range ahead * threads {
		w.room <- struct{}{}
		w.slots = append(w.slots, make(chan spanResult, 1))
	}
	return w
}

// slot is where the result of a span goes.
func (w *workers) slot(span uint64) chan spanResult {
	return w.slots[span%uint64(len(w.slots))]
}

// work hashes spans until there are no more, one fails, or ctx ends. The
// result of every span that it takes goes to its slot, even if the source
// panics or ends the goroutine.
func (w *workers) work(ctx context.Context) {
	space := takeWorkspace()
	span, taken := uint64(0), false
	defer func() {
		// The value is dropped: it may hold what must not be printed. So is the
		// working memory: the source may still write to it.
		if recover() != nil || taken {
			w.slot(span) <- spanResult{err: fmt.Errorf("%w: it panicked or ended its goroutine", ErrReader)}
			return
		}
		space.release()
	}()
	for {
		select {
		case <-w.room:
		case <-ctx.Done():
			return
		}
		span = w.next.Add(1) - 1
		if span >= groups(w.size, w.span) {
			return
		}
		taken = true
		result := w.hash(ctx, space, span)
		w.slot(span) <- result
		taken = false
		if result.err != nil {
			return
		}
	}
}

// hash hashes a span up to level 1.
func (w *workers) hash(ctx context.Context, space *workspace, span uint64) spanResult {
	var result spanResult
	start := span * w.span
	result.bytes = min(w.span, w.size-start)
	dst := space.leaves[:0]
	if w.leaves != nil {
		rest := w.leaves[start/BlockSize*HashSize:]
		dst = rest[:0:min(maxSpan*BlockSize, len(rest))]
	}
	leaves, err := appendLeaves(ctx, w.source, space, start, result.bytes, dst)
	if err != nil {
		result.err = err
		return result
	}
	result.length = len(HashBlocks(result.hashes[:0], leaves))
	return result
}

// collect takes the results in order and builds the upper levels.
func (w *workers) collect(ctx context.Context, keep int, o Options) (finished, error) {
	l := newLevel(1, keep)
	var done uint64
	for span := uint64(0); done < w.size; span++ {
		var result spanResult
		select {
		case result = <-w.slot(span):
		case <-ctx.Done():
		}
		if err := ctx.Err(); err != nil {
			return finished{}, fmt.Errorf("verity: digest: %w", err)
		}
		if result.err != nil {
			return finished{}, result.err
		}
		w.room <- struct{}{}
		l.push(result.hashes[:result.length])
		done += result.bytes
		o.progress(done)
	}
	return l.finish(), nil
}
