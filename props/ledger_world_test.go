package props

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
	"pgregory.net/rapid"
)

// world is a book together with what must be true of it, kept in exact
// arithmetic and told only what the book accepted.
type world struct {
	book     *ledger.Book
	capacity gpu.Bytes
	mapped   *big.Int
	external *big.Int
	shards   map[string]shard
}

// shard is what the model knows of one.
type shard struct {
	exact, promise gpu.Bytes
	committed      bool
}

// watch is called after each step: before is the book before it, err what it
// returned.
type watch func(t *rapid.T, w *world, before bookState, err error)

// bookState is everything that a book shows.
type bookState struct {
	figures ledger.Snapshot
	entries string
}

func (w *world) state() bookState {
	return bookState{figures: w.book.Snapshot(), entries: fmt.Sprintf("%+v", w.book.Entries())}
}

// drive runs random scripts against a book and calls the watch after each
// step.
func drive(t *testing.T, see watch) {
	rapid.Check(t, func(t *rapid.T) { script(t, see) })
}

func script(t *rapid.T, see watch) *world {
	w := newWorld(t)
	actions := map[string]func(*rapid.T){}
	for name, act := range w.actions() {
		actions[name] = func(t *rapid.T) {
			before := w.state()
			err := act(t)
			if see != nil {
				see(t, w, before, err)
			}
			if err := w.book.Check(); err != nil {
				t.Fatalf("the book contradicts itself: %v", err)
			}
		}
	}
	t.Repeat(actions)
	return w
}

func newWorld(t *rapid.T) *world {
	capacity := rapid.OneOf(
		rapid.Just(8*granule), rapid.Just(gpu.MaxBytes), rapid.Just(gpu.Bytes(0)), rapid.Map(rapid.Uint64(), asBytes),
	).Draw(t, "capacity")
	return &world{
		book: ledger.New(capacity), capacity: capacity,
		mapped: new(big.Int), external: new(big.Int), shards: map[string]shard{},
	}
}

const granule = 2 * gpu.MiB

func asBytes(n uint64) gpu.Bytes { return gpu.Bytes(n) }

// sizes draws small sizes, granules, sizes about the capacity, and any.
func (w *world) sizes() *rapid.Generator[gpu.Bytes] {
	return rapid.OneOf(
		rapid.Map(rapid.Uint64Max(4*uint64(granule)), asBytes),
		rapid.Map(rapid.Uint64Max(4), func(n uint64) gpu.Bytes { return gpu.Bytes(n) * granule }),
		rapid.Map(rapid.Uint64Max(8), func(n uint64) gpu.Bytes { return w.capacity/4 + gpu.Bytes(n) }),
		rapid.SampledFrom([]gpu.Bytes{0, 1, w.capacity, w.capacity.SubSat(1), w.capacity.AddSat(1), math.MaxInt64, gpu.MaxBytes}),
		rapid.Map(rapid.Uint64(), asBytes),
	)
}

// ids draws from few ids, so that they meet again.
func ids() *rapid.Generator[string] { return rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}) }

// exactly is a size without bounds.
func exactly(b gpu.Bytes) *big.Int { return new(big.Int).SetUint64(uint64(b)) }

// sums adds up the model's shards.
func (w *world) sums() (used, reserved, promised *big.Int) {
	used, reserved, promised = new(big.Int), new(big.Int), new(big.Int)
	for _, s := range w.shards {
		target := reserved
		if s.committed {
			target = used
		}
		target.Add(target, exactly(s.exact))
		promised.Add(promised, exactly(s.promise))
	}
	return used, reserved, promised
}

// clamp keeps the external use within what is not mapped, as the book says it
// does.
func (w *world) clamp() {
	room := new(big.Int).Sub(exactly(w.capacity), w.mapped)
	if w.external.Cmp(room) > 0 {
		w.external.Set(room)
	}
	if w.external.Sign() < 0 {
		w.external.SetInt64(0)
	}
}
