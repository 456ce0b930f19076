package ledger

import "github.com/vram-engine/vram-engine/gpu"

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
// it after it has released the shards that died with its predecessor. An
// assertion failure, and no change, if the remaining shards and reservations
// cannot be true with it. It is safe for concurrent use and does not block.
func (b *Book) Reconcile(mapped gpu.Bytes) (was gpu.Bytes, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was = b.mapped
	next := b.figures()
	next.mapped = mapped
	return was, b.apply(next, func() {})
}
