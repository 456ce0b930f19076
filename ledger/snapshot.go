package ledger

import (
	"cmp"
	"slices"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// Snapshot is the book at one moment.
type Snapshot struct {
	Capacity  gpu.Bytes // the device's total memory
	Used      gpu.Bytes // exact bytes of committed shards
	Reserved  gpu.Bytes // exact bytes of shards that are still loading
	Mapped    gpu.Bytes // extents that exist
	Promised  gpu.Bytes // extents that reservations may still map
	External  gpu.Bytes // used by others, as last observed
	Available gpu.Bytes // what a new reservation may grow by
	Shards    int       // committed and reserved
}

// Snapshot returns the book's figures, all of the same moment. It is safe for
// concurrent use and does not block.
func (b *Book) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Snapshot{
		Capacity: b.capacity, Used: b.used, Reserved: b.reserved, Mapped: b.mapped, Promised: b.promised,
		External: b.external, Available: b.available(), Shards: len(b.entries),
	}
}

// Entry is one shard of the book.
type Entry struct {
	ID        string
	Exact     gpu.Bytes
	Promised  gpu.Bytes // what may still be mapped for it
	Committed bool
}

// Entries lists the shards by id, as a copy that the caller owns. It is safe
// for concurrent use; its cost is that of sorting the ids.
func (b *Book) Entries() []Entry {
	b.mu.Lock()
	list := make([]Entry, 0, len(b.entries))
	for id, e := range b.entries {
		list = append(list, Entry{ID: id, Exact: e.exact, Promised: e.promise, Committed: e.committed})
	}
	b.mu.Unlock()
	slices.SortFunc(list, func(x, y Entry) int { return cmp.Compare(x.ID, y.ID) })
	return list
}

// Check adds up the entries and reports, as an assertion failure, whatever
// the book's figures contradict. It is safe for concurrent use at any moment;
// its cost grows with the number of shards.
func (b *Book) Check() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.figures()
	sums := figures{mapped: now.mapped}
	for id, e := range b.entries {
		if e.committed && e.promise != 0 {
			return errors.AssertionFailedf("ledger: %q is committed and still has a promise of %d bytes", id, uint64(e.promise))
		}
		target := &sums.reserved
		if e.committed {
			target = &sums.used
		}
		var fits, fitsToo bool
		*target, fits = target.Add(e.exact)
		sums.promised, fitsToo = sums.promised.Add(e.promise)
		if !fits || !fitsToo {
			return errors.AssertionFailedf("ledger: the entries add up to more than can be counted")
		}
	}
	if sums != now {
		return errors.AssertionFailedf("ledger: entries used %d, reserved %d, promised %d; book used %d, reserved %d, promised %d",
			uint64(sums.used), uint64(sums.reserved), uint64(sums.promised),
			uint64(now.used), uint64(now.reserved), uint64(now.promised))
	}
	if !now.mapped.Within(b.external, b.capacity) {
		return errors.AssertionFailedf("ledger: mapped (%d) and external (%d) bytes exceed the capacity (%d)",
			uint64(now.mapped), uint64(b.external), uint64(b.capacity))
	}
	return now.check(b.capacity)
}
