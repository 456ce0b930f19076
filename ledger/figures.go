package ledger

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// figures are the sums that a change alters. A change is worked out on a copy
// and takes effect only if the copy can be true.
type figures struct {
	mapped, promised, used, reserved gpu.Bytes
}

// figures returns the sums as they are. The caller holds the lock.
func (b *Book) figures() figures {
	return figures{mapped: b.mapped, promised: b.promised, used: b.used, reserved: b.reserved}
}

// apply makes next the book's sums and runs entries, or changes nothing if
// next cannot be true. The caller holds the lock.
func (b *Book) apply(next figures, entries func()) error {
	if err := next.check(b.capacity); err != nil {
		return err
	}
	b.mapped, b.promised, b.used, b.reserved = next.mapped, next.promised, next.used, next.reserved
	b.external = min(b.external, b.capacity.SubSat(b.mapped))
	entries()
	return nil
}

// check reports what about the sums cannot be true on a device of the given
// capacity.
func (f figures) check(capacity gpu.Bytes) error {
	if !f.mapped.Within(f.promised, capacity) {
		return errors.AssertionFailedf("ledger: mapped (%d) and promised (%d) bytes exceed the capacity (%d)",
			uint64(f.mapped), uint64(f.promised), uint64(capacity))
	}
	if !f.used.Within(f.reserved, capacity) {
		return errors.AssertionFailedf("ledger: used (%d) and reserved (%d) bytes exceed the capacity (%d)",
			uint64(f.used), uint64(f.reserved), uint64(capacity))
	}
	if f.used > f.mapped {
		return errors.AssertionFailedf("ledger: shards of %d bytes cannot lie in extents of %d bytes",
			uint64(f.used), uint64(f.mapped))
	}
	return nil
}

// available is what may still be promised. The caller holds the lock.
func (b *Book) available() gpu.Bytes {
	return b.capacity.SubSat(b.mapped).SubSat(b.promised).SubSat(b.external)
}
