package props

import (
	"math/big"

	"github.com/vram-engine/vram-engine/gpu"
	"pgregory.net/rapid"
)

// actions are the calls of a book. Each tells the model what was accepted.
func (w *world) actions() map[string]func(*rapid.T) error {
	return map[string]func(*rapid.T) error{
		"reserve": func(t *rapid.T) error {
			return w.reserve(ids().Draw(t, "id"), w.sizes().Draw(t, "exact"), w.sizes().Draw(t, "growth"))
		},
		"reserveSensibly": func(t *rapid.T) error {
			exact := rapid.Map(rapid.Uint64Range(1, uint64(granule)), asBytes).Draw(t, "exact")
			return w.reserve(ids().Draw(t, "id"), exact, granule)
		},
		"map": func(t *rapid.T) error {
			id := rapid.OneOf(ids(), rapid.Just("")).Draw(t, "id")
			return w.mapExtent(id, w.sizes().Draw(t, "n"))
		},
		"mapWhatWasPromised": func(t *rapid.T) error {
			id := ids().Draw(t, "id")
			return w.mapExtent(id, w.shards[id].promise)
		},
		"commit": func(t *rapid.T) error { return w.commit(ids().Draw(t, "id")) },
		"release": func(t *rapid.T) error {
			unmapped := rapid.OneOf(rapid.Just(gpu.Bytes(0)), w.sizes()).Draw(t, "unmapped")
			return w.release(ids().Draw(t, "id"), unmapped)
		},
		"unmap":     func(t *rapid.T) error { return w.unmap(w.sizes().Draw(t, "n")) },
		"observe":   func(t *rapid.T) error { w.observe(w.sizes().Draw(t, "free")); return nil },
		"reconcile": func(t *rapid.T) error { return w.reconcile(w.sizes().Draw(t, "mapped")) },
	}
}

func (w *world) reserve(id string, exact, growth gpu.Bytes) error {
	if err := w.book.Reserve(id, exact, growth); err != nil {
		return err
	}
	w.shards[id] = shard{exact: exact, promise: growth}
	return nil
}

func (w *world) mapExtent(id string, n gpu.Bytes) error {
	if err := w.book.MapExtent(id, n); err != nil {
		return err
	}
	if s, ok := w.shards[id]; ok {
		s.promise = s.promise.SubSat(n)
		w.shards[id] = s
	}
	w.mapped.Add(w.mapped, exactly(n))
	w.clamp()
	return nil
}

func (w *world) commit(id string) error {
	if err := w.book.Commit(id); err != nil {
		return err
	}
	w.shards[id] = shard{exact: w.shards[id].exact, committed: true}
	return nil
}

func (w *world) release(id string, unmapped gpu.Bytes) error {
	if err := w.book.Release(id, unmapped); err != nil {
		return err
	}
	delete(w.shards, id)
	w.mapped.Sub(w.mapped, exactly(unmapped))
	return nil
}

func (w *world) unmap(n gpu.Bytes) error {
	if err := w.book.UnmapExtent(n); err != nil {
		return err
	}
	w.mapped.Sub(w.mapped, exactly(n))
	return nil
}

func (w *world) observe(free gpu.Bytes) {
	w.book.Observe(free)
	w.external = new(big.Int).Sub(exactly(w.capacity), exactly(free))
	w.external.Sub(w.external, w.mapped)
	w.clamp()
}

func (w *world) reconcile(mapped gpu.Bytes) error {
	if _, err := w.book.Reconcile(mapped); err != nil {
		return err
	}
	w.mapped = exactly(mapped)
	for _, e := range w.book.Entries() { // P-108 says how far they may be cut
		s := w.shards[e.ID]
		s.promise = e.Promised
		w.shards[e.ID] = s
	}
	w.clamp()
	return nil
}
