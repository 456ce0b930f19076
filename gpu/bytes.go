package gpu

import (
	"fmt"
	"math"
	"math/bits"
)

// Bytes is a size or an offset in bytes. It is added, multiplied and
// subtracted only through its methods, which never wrap (MS-003, MS-006,
// RP-002).
type Bytes uint64

// Binary multiples of a byte (IEC 80000-13).
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
	TiB Bytes = 1 << 40
)

// MaxBytes is the largest size; saturating operations stop there.
const MaxBytes Bytes = math.MaxUint64

// Add returns b+c, or false when the sum does not fit.
func (b Bytes) Add(c Bytes) (Bytes, bool) {
	sum, carry := bits.Add64(uint64(b), uint64(c), 0)
	return Bytes(sum), carry == 0
}

// AddSat returns b+c, or MaxBytes when the sum does not fit.
func (b Bytes) AddSat(c Bytes) Bytes {
	if sum, ok := b.Add(c); ok {
		return sum
	}
	return MaxBytes
}

// Sub returns b-c, or false when c is larger than b.
func (b Bytes) Sub(c Bytes) (Bytes, bool) {
	diff, borrow := bits.Sub64(uint64(b), uint64(c), 0)
	return Bytes(diff), borrow == 0
}

// SubSat returns b-c, or 0 when c is larger than b.
func (b Bytes) SubSat(c Bytes) Bytes {
	if diff, ok := b.Sub(c); ok {
		return diff
	}
	return 0
}

// Mul returns b*n, or false when the product does not fit.
func (b Bytes) Mul(n uint64) (Bytes, bool) {
	hi, lo := bits.Mul64(uint64(b), n)
	return Bytes(lo), hi == 0
}

// RoundUp returns the smallest multiple of unit that is not below b, or false
// when there is none or unit is zero.
func (b Bytes) RoundUp(unit Bytes) (Bytes, bool) {
	if unit == 0 {
		return 0, false
	}
	rest := b % unit
	if rest == 0 {
		return b, true
	}
	return b.Add(unit.SubSat(rest))
}

// Within reports whether the n bytes from offset b lie inside size (MS-007).
func (b Bytes) Within(n, size Bytes) bool {
	end, ok := b.Add(n)
	return ok && end <= size
}

// Int returns b as an int, or false when it does not fit.
func (b Bytes) Int() (int, bool) {
	if b > math.MaxInt {
		return 0, false
	}
	return int(b), true
}

// Int64 returns b as an int64, or false when it does not fit.
func (b Bytes) Int64() (int64, bool) {
	if b > math.MaxInt64 {
		return 0, false
	}
	return int64(b), true
}

// BytesOf returns the length n as a size; a negative n is 0.
func BytesOf(n int) Bytes {
	if n < 0 {
		return 0
	}
	return Bytes(n)
}

// String writes the size for a person: with an IEC unit, and with one decimal,
// rounded down, where it is no whole multiple. Code that needs the exact size
// prints the number.
func (b Bytes) String() string {
	units := []struct {
		name string
		size Bytes
	}{{"TiB", TiB}, {"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}}
	for _, u := range units {
		if b < u.size {
			continue
		}
		if b%u.size == 0 {
			return fmt.Sprintf("%d %s", uint64(b/u.size), u.name)
		}
		tenths := uint64(b % u.size / (u.size / 10)) // never rounded up
		return fmt.Sprintf("%d.%d %s", uint64(b/u.size), min(tenths, 9), u.name)
	}
	return fmt.Sprintf("%d B", uint64(b))
}
