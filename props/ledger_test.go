package props

import (
	"errors"
	"math/big"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
	"pgregory.net/rapid"
)

// P-101.
func TestLedgerNeverAboveCapacity(t *testing.T) {
	drive(t, func(t *rapid.T, w *world, _ bookState, _ error) {
		s := w.book.Snapshot()
		for name, pair := range map[string][2]gpu.Bytes{
			"mapped and promised": {s.Mapped, s.Promised},
			"used and reserved":   {s.Used, s.Reserved},
			"mapped and external": {s.Mapped, s.External},
		} {
			if sum := new(big.Int).Add(exactly(pair[0]), exactly(pair[1])); sum.Cmp(exactly(w.capacity)) > 0 {
				t.Fatalf("%s: %v exceed the capacity %d: %+v", name, sum, uint64(w.capacity), s)
			}
		}
		if s.Used > s.Mapped {
			t.Fatalf("shards of %d bytes lie in extents of %d", uint64(s.Used), uint64(s.Mapped))
		}
	})
}

// P-102.
func TestLedgerSumsAreThoseOfLiveShards(t *testing.T) {
	drive(t, func(t *rapid.T, w *world, _ bookState, _ error) {
		used, reserved, promised := w.sums()
		s := w.book.Snapshot()
		for _, f := range []struct {
			name string
			got  gpu.Bytes
			want *big.Int
		}{
			{"used", s.Used, used}, {"reserved", s.Reserved, reserved}, {"promised", s.Promised, promised},
			{"mapped", s.Mapped, w.mapped}, {"capacity", s.Capacity, exactly(w.capacity)},
		} {
			if exactly(f.got).Cmp(f.want) != 0 {
				t.Fatalf("%s is %d, want %v", f.name, uint64(f.got), f.want)
			}
		}
		if s.Shards != len(w.shards) {
			t.Fatalf("%d shards, want %d", s.Shards, len(w.shards))
		}
	})
}

// P-103.
func TestLedgerFailedSealLeavesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := script(t, nil)
		before := w.state()
		exact, growth := w.sizes().Draw(t, "exact"), w.sizes().Draw(t, "growth")
		if w.book.Reserve("failing", exact, growth) != nil {
			return
		}
		mapped := min(growth, w.sizes().Draw(t, "mapped"))
		if err := w.book.MapExtent("failing", mapped); err != nil {
			t.Fatalf("%d of %d promised bytes could not be mapped: %v", uint64(mapped), uint64(growth), err)
		}
		if rapid.Bool().Draw(t, "committed") && w.book.Commit("failing") != nil {
			t.Log("it does not fit into what is mapped")
		}
		if err := w.book.Release("failing", mapped); err != nil {
			t.Fatalf("it cannot be released: %v", err)
		}
		// Mapping may have shown that others use less than was observed.
		if after := w.state(); w.forgetExternal(after) != w.forgetExternal(before) {
			t.Fatalf("before %+v\nafter  %+v", before, after)
		}
	})
}

// forgetExternal leaves out what depends on the last observation.
func (w *world) forgetExternal(s bookState) bookState {
	s.figures.External, s.figures.Available = 0, 0
	return s
}

// P-104.
func TestLedgerObservesAnything(t *testing.T) {
	drive(t, func(t *rapid.T, w *world, _ bookState, _ error) {
		before := w.state()
		w.observe(rapid.OneOf(w.sizes(), rapid.Map(rapid.Uint64(), asBytes)).Draw(t, "free"))
		after := w.state()
		if w.forgetExternal(after) != w.forgetExternal(before) {
			t.Fatalf("observing changed %+v to %+v", before, after)
		}
		s := after.figures
		if exactly(s.External).Cmp(w.external) != 0 {
			t.Fatalf("external use is %d, want %v", uint64(s.External), w.external)
		}
		want := new(big.Int).Sub(exactly(w.capacity), exactly(s.Mapped))
		want.Sub(want, exactly(s.Promised)).Sub(want, exactly(s.External))
		if want.Sign() < 0 {
			want.SetInt64(0)
		}
		if exactly(s.Available).Cmp(want) != 0 {
			t.Fatalf("available %d, want %v: %+v", uint64(s.Available), want, s)
		}
	})
}

// P-105.
func TestLedgerRefusalChangesNothing(t *testing.T) {
	drive(t, func(t *rapid.T, w *world, before bookState, err error) {
		if err == nil {
			return
		}
		if after := w.state(); after != before {
			t.Fatalf("%v, and yet %+v became %+v", err, before, after)
		}
		var short *ledger.InsufficientError
		if errors.Is(err, ledger.ErrInsufficient) && (!errors.As(err, &short) || short.Needed <= short.Available) {
			t.Fatalf("refused without a reason: %v", err)
		}
	})
}

// P-106.
func TestLedgerGivesWhatIsAvailable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := script(t, nil)
		s := w.book.Snapshot()
		if more, ok := s.Available.Add(1); ok {
			if err := w.book.Reserve("more", 1, more); !errors.Is(err, ledger.ErrInsufficient) {
				t.Fatalf("%d bytes are available and %d were given: %v", uint64(s.Available), uint64(more), err)
			}
		}
		exact := min(s.Available, s.Capacity.SubSat(s.Used).SubSat(s.Reserved))
		if exact == 0 {
			return
		}
		if err := w.book.Reserve("all", exact, s.Available); err != nil {
			t.Fatalf("%d bytes are available and were refused: %v", uint64(s.Available), err)
		}
		if left := w.book.Snapshot().Available; left != 0 {
			t.Fatalf("all is reserved and %d bytes are available", uint64(left))
		}
	})
}

// P-107.
func TestLedgerKeepsPromises(t *testing.T) {
	drive(t, func(t *rapid.T, w *world, _ bookState, _ error) {
		id := ids().Draw(t, "id")
		promise := w.shards[id].promise
		if promise == 0 {
			return
		}
		n := min(promise, gpu.Bytes(rapid.Uint64Range(1, uint64(promise)).Draw(t, "n")))
		if err := w.mapExtent(id, n); err != nil {
			t.Fatalf("%d of the %d bytes promised to %s were refused: %v", uint64(n), uint64(promise), id, err)
		}
	})
}

// P-108.
func TestLedgerReconciles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := script(t, nil)
		before := w.book.Snapshot()
		mapped := w.sizes().Draw(t, "mapped")
		was, err := w.book.Reconcile(mapped)
		after := w.book.Snapshot()
		possible := mapped <= w.capacity && mapped >= before.Used
		switch {
		case was != before.Mapped:
			t.Fatalf("the book had %d, and said %d", uint64(before.Mapped), uint64(was))
		case possible != (err == nil):
			t.Fatalf("%d mapped bytes: %v, book %+v", uint64(mapped), err, before)
		case err != nil:
			return
		case after.Mapped != mapped || after.Used != before.Used || after.Reserved != before.Reserved:
			t.Fatalf("%+v became %+v with %d mapped bytes", before, after, uint64(mapped))
		case after.Promised != min(before.Promised, w.capacity.SubSat(mapped)):
			t.Fatalf("promises of %d became %d with %d mapped bytes", uint64(before.Promised), uint64(after.Promised), uint64(mapped))
		}
	})
}
