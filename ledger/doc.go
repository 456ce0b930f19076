// Package ledger keeps the book of one device: who holds how many bytes of
// its memory, and how much is left.
//
// # What
//
// A [Book] knows two kinds of bytes. Exact bytes are the sizes of shards.
// Mapped bytes are the extents in which they lie: multiples of the device's
// granularity, several small shards to an extent. Capacity is counted in
// mapped bytes, because those are what the device runs out of (RP-001).
//
// A shard passes through the book in the order intent, effect, commit:
//
//	Reserve(id, exact, growth)   the intent; growth is what may have to be mapped
//	MapExtent(id, n)             an extent was mapped for it; takes from the growth
//	Commit(id)                   it is sealed; what is left of the growth is free again
//	Release(id, unmapped)        it is gone, with the extents that went with it
//
// A shard that fails is released from wherever it stood, and nothing of it
// stays. A shard that fits into an extent which is mapped already reserves a
// growth of zero. Memory that serves the engine itself, such as hash arrays,
// is booked with the empty id.
//
// # Not for
//
// Allocating: the book moves no memory and calls no driver. Placing shards in
// extents is gpu.Heap's work. The book checks what it is told against what
// can be true, and refuses the rest.
//
// # Ownership
//
// A Book copies what it is given and returns copies.
//
// # Concurrency
//
// All methods of a Book are safe for concurrent use, each takes effect as a
// whole, and none blocks for longer than it takes to update a map.
//
// # Units
//
// All sizes are gpu.Bytes and are added and subtracted through its checked or
// saturating methods only (RP-002).
//
// # Failure
//
// A method that returns an error has changed nothing. Callers branch on
// [ErrInsufficient] (with both figures in [*InsufficientError]), [ErrExists]
// and [ErrUnknown]. Anything else is an assertion failure of
// cockroachdb/errors: the caller told the book something that cannot be true.
// The device's own list of extents then decides, through [Book.Reconcile].
package ledger
