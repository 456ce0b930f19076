package ledger

import (
	"maps"

	"github.com/vram-engine/vram-engine/gpu"
)

// Observe takes the free memory that the device itself reports. What is
// neither free nor mapped by us is used by others (or by the driver) and is
// not available. Any figure is safe; one that contradicts the book counts as
// no external use. It is safe for concurrent use and does not block.
func (b *Book) Observe(free gpu.Bytes) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.external = b.capacity.SubSat(free).SubSat(b.mapped)
}

// Reconcile replaces the mapped bytes by what the device's own list of
// extents adds up to, and returns what the book had. A restarted owner calls
// it. Extents that the book did not know may be those that a reservation was
// promised, mapped just before a crash: promises that do not fit beside them
// are cut, and their shards find out when they ask for more. An assertion
// failure, and no change, if the extents exceed the device or cannot hold the
// committed shards; release those that are lost first. It is safe for
// concurrent use and does not block; its cost grows with the number of
// shards.
func (b *Book) Reconcile(mapped gpu.Bytes) (was gpu.Bytes, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was = b.mapped
	next := b.figures()
	next.mapped = mapped
	cuts := map[string]entry{}
	room := b.capacity.SubSat(mapped)
	for id, e := range b.entries {
		excess := next.promised.SubSat(room)
		if cut := min(excess, e.promise); cut > 0 {
			e.promise = e.promise.SubSat(cut)
			next.promised = next.promised.SubSat(cut)
			cuts[id] = e
		}
	}
	return was, b.apply(next, func() { maps.Copy(b.entries, cuts) })
}
