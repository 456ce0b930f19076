package ledger

import (
	"sync"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// Book is the book of one device. The zero value has no capacity; use [New].
type Book struct {
	mu       sync.Mutex
	capacity gpu.Bytes
	external gpu.Bytes // used by others, as last observed; mapped+external <= capacity
	mapped   gpu.Bytes // extents that exist; mapped+promised <= capacity
	promised gpu.Bytes // the sum of the entries' promises
	used     gpu.Bytes // exact bytes of committed shards; used <= mapped
	reserved gpu.Bytes // exact bytes of shards not yet committed; used+reserved <= capacity
	entries  map[string]entry
}

// entry is what the book knows of one shard.
type entry struct {
	exact     gpu.Bytes
	promise   gpu.Bytes // what may still be mapped for it; zero once committed
	committed bool
}

// New returns the empty book of a device with the given capacity, which is
// the device's total memory. It does not block.
func New(capacity gpu.Bytes) *Book {
	return &Book{capacity: capacity, entries: make(map[string]entry)}
}

// Reserve enters a shard of exact bytes, for which up to growth bytes of
// extents may have to be mapped; zero if it fits into what is mapped. From
// now on nobody else is given that memory. The error is ErrExists, or an
// *InsufficientError with both figures. It is safe for concurrent use and
// does not block.
func (b *Book) Reserve(id string, exact, growth gpu.Bytes) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id == "" || exact == 0 {
		return errors.AssertionFailedf("ledger: a shard needs an id and a size")
	}
	if _, ok := b.entries[id]; ok {
		return errors.Wrapf(ErrExists, "reserve %q", id)
	}
	needed := max(exact, growth)
	if free := b.available(); growth > free {
		return &InsufficientError{Needed: needed, Available: free}
	}
	// Shards never add up to more than the device has, whatever the caller
	// believes of the room in extents.
	if room := b.capacity.SubSat(b.used.AddSat(b.reserved)); exact > room {
		return &InsufficientError{Needed: needed, Available: room}
	}
	next := b.figures()
	next.promised = next.promised.AddSat(growth)
	next.reserved = next.reserved.AddSat(exact)
	return b.apply(next, func() { b.entries[id] = entry{exact: exact, promise: growth} })
}

// MapExtent enters an extent of n bytes, mapped for the shard id or, if id is
// empty, for the engine itself. It takes from the shard's growth first;
// what exceeds that must be available, else the error is an
// *InsufficientError and the caller unmaps the extent again. ErrUnknown if id
// is neither empty nor in the book. It is safe for concurrent use and does
// not block.
func (b *Book) MapExtent(id string, n gpu.Bytes) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.entries[id]
	if !ok && id != "" {
		return errors.Wrapf(ErrUnknown, "map an extent for %q", id)
	}
	fromPromise := min(n, e.promise)
	if excess, free := n.SubSat(fromPromise), b.available(); excess > free {
		return &InsufficientError{Needed: excess, Available: free}
	}
	e.promise = e.promise.SubSat(fromPromise)
	next := b.figures()
	next.promised = next.promised.SubSat(fromPromise)
	next.mapped = next.mapped.AddSat(n)
	return b.apply(next, func() {
		if ok {
			b.entries[id] = e
		}
	})
}

// Commit says that the shard is complete. What is left of its growth is
// available again. ErrUnknown if the id is not in the book; an assertion
// failure if it is committed already, or if the committed shards would not
// fit into what is mapped. It is safe for concurrent use and does not block.
func (b *Book) Commit(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.entries[id]
	if !ok {
		return errors.Wrapf(ErrUnknown, "commit %q", id)
	}
	if e.committed {
		return errors.AssertionFailedf("ledger: %q is committed already", id)
	}
	next := b.figures()
	next.promised = next.promised.SubSat(e.promise)
	next.reserved = next.reserved.SubSat(e.exact)
	next.used = next.used.AddSat(e.exact)
	return b.apply(next, func() { b.entries[id] = entry{exact: e.exact, committed: true} })
}

// Release takes the shard out of the book, reserved or committed, together
// with unmapped bytes of extents that were given back to the device with it:
// zero if it shared its extent with others that stay. Call it after the
// memory was scrubbed and unmapped. ErrUnknown if the id is not in the book;
// an assertion failure if the remaining shards would not fit into what
// remains mapped. It is safe for concurrent use and does not block.
func (b *Book) Release(id string, unmapped gpu.Bytes) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.entries[id]
	if !ok {
		return errors.Wrapf(ErrUnknown, "release %q", id)
	}
	next := b.figures()
	next.promised = next.promised.SubSat(e.promise)
	if e.committed {
		next.used = next.used.SubSat(e.exact)
	} else {
		next.reserved = next.reserved.SubSat(e.exact)
	}
	if next.mapped, ok = next.mapped.Sub(unmapped); !ok {
		return errors.AssertionFailedf("ledger: %d bytes unmapped where only %d are mapped", uint64(unmapped), uint64(b.mapped))
	}
	return b.apply(next, func() { delete(b.entries, id) })
}

// UnmapExtent takes n bytes of extents out of the book that went back to the
// device without a shard being released: the engine's own, or a pack that
// was found empty. An assertion failure if the committed shards would not fit
// into what remains. It is safe for concurrent use and does not block.
func (b *Book) UnmapExtent(n gpu.Bytes) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := b.figures()
	var ok bool
	if next.mapped, ok = next.mapped.Sub(n); !ok {
		return errors.AssertionFailedf("ledger: %d bytes unmapped where only %d are mapped", uint64(n), uint64(b.mapped))
	}
	return b.apply(next, func() {})
}
