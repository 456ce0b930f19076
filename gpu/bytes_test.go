package gpu

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// edges are sizes at which arithmetic goes wrong.
func edges() []Bytes {
	e := []Bytes{0, 1, 2, 4095, 4096, 4097, KiB, MiB, GiB, TiB, math.MaxInt64 - 1, math.MaxInt64, 1 << 63, MaxBytes - 1, MaxBytes}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		e = append(e, Bytes(r.Uint64()>>r.UintN(64)))
	}
	return e
}

func exact(b Bytes) *big.Int { return new(big.Int).SetUint64(uint64(b)) }

func agrees(t *testing.T, what string, a, b, got Bytes, ok bool, want *big.Int) {
	t.Helper()
	if ok != (want.Sign() >= 0 && want.IsUint64()) || ok && want.Uint64() != uint64(got) {
		t.Errorf("%d %s %d = %d, %v; exactly it is %v", uint64(a), what, uint64(b), uint64(got), ok, want)
	}
}

// TestBytesAgainstExactArithmetic compares all pairs of edges.
func TestBytesAgainstExactArithmetic(t *testing.T) {
	for _, a := range edges() {
		for _, b := range edges() {
			sum, ok := a.Add(b)
			agrees(t, "+", a, b, sum, ok, new(big.Int).Add(exact(a), exact(b)))
			if sat := a.AddSat(b); ok && sat != sum || !ok && sat != MaxBytes {
				t.Errorf("%d +sat %d = %d", uint64(a), uint64(b), uint64(sat))
			}
			diff, ok := a.Sub(b)
			agrees(t, "-", a, b, diff, ok, new(big.Int).Sub(exact(a), exact(b)))
			if sat := a.SubSat(b); ok && sat != diff || !ok && sat != 0 {
				t.Errorf("%d -sat %d = %d", uint64(a), uint64(b), uint64(sat))
			}
			product, ok := a.Mul(uint64(b))
			agrees(t, "*", a, b, product, ok, new(big.Int).Mul(exact(a), exact(b)))
			up, ok := a.RoundUp(b)
			if b == 0 {
				if ok {
					t.Errorf("%d rounded up to a multiple of zero", uint64(a))
				}
				continue
			}
			units := new(big.Int).Div(new(big.Int).Add(exact(a), new(big.Int).Sub(exact(b), big.NewInt(1))), exact(b))
			agrees(t, "rounded to", a, b, up, ok, units.Mul(units, exact(b)))
			if in := a.Within(b, a); in != (b == 0) {
				t.Errorf("%d bytes from %d are within %d: %v", uint64(b), uint64(a), uint64(a), in)
			}
		}
	}
}

func TestBytesWithin(t *testing.T) {
	for _, row := range []struct {
		off, n, size Bytes
		in           bool
	}{
		{0, 0, 0, true}, {0, 1, 0, false}, {1, 0, 0, false}, {4, 4, 8, true}, {5, 4, 8, false}, {8, 0, 8, true},
		{MaxBytes, 1, MaxBytes, false}, {1, MaxBytes, MaxBytes, false}, {0, MaxBytes, MaxBytes, true},
	} {
		if got := row.off.Within(row.n, row.size); got != row.in {
			t.Errorf("%+v: %v", row, got)
		}
	}
}

func TestBytesConvert(t *testing.T) {
	for _, b := range edges() {
		i, ok := b.Int()
		j, ok64 := b.Int64()
		if fits := uint64(b) <= math.MaxInt64; ok != fits || ok64 != fits || fits && (uint64(i) != uint64(b) || uint64(j) != uint64(b)) {
			t.Errorf("%d became %d and %d", uint64(b), i, j)
		}
	}
	if BytesOf(-1) != 0 || BytesOf(math.MinInt) != 0 || BytesOf(7) != 7 {
		t.Error("BytesOf")
	}
	for b, want := range map[Bytes]string{0: "0 B", 1023: "1023 B", KiB: "1 KiB", 1536: "1.5 KiB", 2 * MiB: "2 MiB", GiB: "1 GiB", 3 * TiB: "3 TiB"} {
		if got := b.String(); got != want {
			t.Errorf("%d is written %q, want %q", uint64(b), got, want)
		}
	}
}
