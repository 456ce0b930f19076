package gputest

import (
	"bytes"

	"github.com/vram-engine/vram-engine/gpu"
)

func scrubStale(r *rig) {
	if !r.offered(r.StaleContents, "memory that comes back at once with its contents") {
		return
	}
	p := pattern(r.unit, 1)
	id := r.mapped(1)
	r.written(id, 0, p)
	r.ok(r.dev.Unmap(id))
	again := r.mapped(1)
	if !bytes.Equal(r.contents(r.whole(again, 1)), p) {
		r.Error("the memory came back without its old contents")
	}
	r.ok(r.dev.Zero(r.whole(again, 1)))
	r.ok(r.dev.Unmap(again))
	r.nonZero(r.whole(r.mapped(1), 1), false)
}

func scrubDirty(r *rig) {
	if !r.offered(r.Dirty != nil, "counting what nobody scrubbed") {
		return
	}
	id := r.mapped(2)
	r.ok(r.dev.Zero(r.whole(id, 2)))
	r.written(id, r.unit.SubSat(3), []byte{1, 0, 2, 0, 3})
	r.dirty(0)
	r.ok(r.dev.Unmap(id))
	r.dirty(3)
}

// scrubClose leaves extents to Close, one of them read-only.
func scrubClose(r *rig) {
	id, sealed := r.mapped(1), r.mapped(1)
	r.written(id, 0, pattern(r.unit, 1))
	r.written(sealed, 0, pattern(r.unit, 2))
	if r.dev.Info().ReadOnlyMappings {
		r.ok(r.dev.Protect(sealed, gpu.ReadOnly))
	}
	r.ok(r.dev.Close())
	if r.offered(r.Dirty != nil, "counting what nobody scrubbed") {
		r.dirty(0)
	}
	if list := r.dev.Extents(); len(list) != 0 {
		r.Errorf("%d extents after Close", len(list))
	}
}

func (r *rig) dirty(want gpu.Bytes) {
	r.Helper()
	got, err := r.Dirty()
	r.ok(err)
	if got != want {
		r.Errorf("%d dirty bytes, want %d", uint64(got), uint64(want))
	}
}
