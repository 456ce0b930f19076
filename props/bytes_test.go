package props

import (
	"math/big"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"pgregory.net/rapid"
)

// anySize draws sizes of all magnitudes, and often those at the bounds.
func anySize() *rapid.Generator[gpu.Bytes] {
	return rapid.Map(rapid.OneOf(
		rapid.Uint64(), rapid.Uint64Max(1<<20), rapid.Uint64Min(1<<64-1<<10),
		rapid.SampledFrom([]uint64{0, 1, 1<<32 - 1, 1 << 32, 1<<63 - 1, 1 << 63, 1<<64 - 1}),
	), asBytes)
}

// exactOrRefused checks that ok says whether want fits in 64 bits, and that
// got is want if it does.
func exactOrRefused(t *rapid.T, call string, got gpu.Bytes, ok bool, want *big.Int) {
	t.Helper()
	if ok != want.IsUint64() {
		t.Fatalf("%s: reported %v for the exact result %v", call, ok, want)
	}
	if ok && uint64(got) != want.Uint64() {
		t.Fatalf("%s: got %d, want %v", call, uint64(got), want)
	}
}

// P-301.
func TestBytesNeverWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anySize().Draw(t, "a"), anySize().Draw(t, "b")
		sum, ok := a.Add(b)
		exactOrRefused(t, "Add", sum, ok, new(big.Int).Add(exactly(a), exactly(b)))
		diff, ok := a.Sub(b)
		exactOrRefused(t, "Sub", diff, ok, new(big.Int).Sub(exactly(a), exactly(b)))
		product, ok := a.Mul(uint64(b))
		exactOrRefused(t, "Mul", product, ok, new(big.Int).Mul(exactly(a), exactly(b)))
	})
}

// P-302.
func TestBytesSaturate(t *testing.T) {
	limit := exactly(gpu.MaxBytes)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anySize().Draw(t, "a"), anySize().Draw(t, "b")
		want := new(big.Int).Add(exactly(a), exactly(b))
		if want.Cmp(limit) > 0 {
			want = limit
		}
		if got := exactly(a.AddSat(b)); got.Cmp(want) != 0 {
			t.Fatalf("AddSat: got %v, want %v", got, want)
		}
		want = new(big.Int).Sub(exactly(a), exactly(b))
		if want.Sign() < 0 {
			want = new(big.Int)
		}
		if got := exactly(a.SubSat(b)); got.Cmp(want) != 0 {
			t.Fatalf("SubSat: got %v, want %v", got, want)
		}
	})
}

// P-303.
func TestBytesRoundUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, unit := anySize().Draw(t, "a"), anySize().Draw(t, "unit")
		got, ok := a.RoundUp(unit)
		if unit == 0 {
			if ok {
				t.Fatalf("there is a multiple of zero: %d", uint64(got))
			}
			return
		}
		want := new(big.Int).Add(exactly(a), exactly(unit))
		want.Sub(want, big.NewInt(1)).Div(want, exactly(unit)).Mul(want, exactly(unit))
		exactOrRefused(t, "RoundUp", got, ok, want)
	})
}

// P-304.
func TestBytesWithinIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, n, size := anySize().Draw(t, "at"), anySize().Draw(t, "n"), anySize().Draw(t, "size")
		if rapid.Bool().Draw(t, "close") { // random ranges seldom end at the size
			n = size.SubSat(at).AddSat(gpu.Bytes(rapid.Uint64Max(1).Draw(t, "more")))
		}
		want := new(big.Int).Add(exactly(at), exactly(n)).Cmp(exactly(size)) <= 0
		if got := at.Within(n, size); got != want {
			t.Fatalf("%d bytes at %d within %d: got %v, want %v", uint64(n), uint64(at), uint64(size), got, want)
		}
	})
}
