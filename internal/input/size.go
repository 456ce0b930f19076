package input

import (
	"math/bits"
	"strconv"
	"strings"
)

// Size checks the size of a shard: at least one byte, and at most limit
// (IV-001). Both figures are in the error.
func Size(n, limit uint64) error {
	const field = "size"
	if n == 0 {
		return refuseNumber(field, n, "there is nothing to seal; give at least one byte")
	}
	if n > limit {
		return refuseNumber(field, n, "it is above the limit of %d bytes; split the shard or raise the limit", limit)
	}
	return nil
}

// ParseSize reads a size as people write it: a whole number, and a unit that
// may follow a space. KiB, MiB, GiB, TiB (or Ki, Mi, Gi, Ti) are powers of
// 1024; KB, MB, GB, TB (or K, M, G, T) are powers of 1000; B or nothing is
// bytes. Upper and lower case are the same. What exceeds 64 bits is refused.
func ParseSize(s string) (uint64, error) {
	const field = "size"
	unit := strings.TrimLeft(s, "0123456789")
	digits := strings.TrimSuffix(s, unit)
	if digits == "" {
		return 0, refuseText(field, s, `write a whole number and a unit, such as "4GiB"`)
	}
	scale, ok := sizeUnit(strings.TrimPrefix(unit, " "))
	if !ok {
		return 0, refuseText(field, s, `the unit is unknown; use B, KiB, MiB, GiB, TiB, KB, MB, GB or TB after a whole number, such as "4GiB"`)
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	hi, lo := bits.Mul64(n, scale)
	if err != nil || hi != 0 {
		return 0, refuseText(field, s, "it does not fit in 64 bits; give a smaller size")
	}
	return lo, nil
}

// sizeUnit returns how many bytes one unit is.
func sizeUnit(unit string) (uint64, bool) {
	switch strings.ToUpper(unit) {
	case "", "B":
		return 1, true
	case "K", "KB":
		return 1e3, true
	case "M", "MB":
		return 1e6, true
	case "G", "GB":
		return 1e9, true
	case "T", "TB":
		return 1e12, true
	case "KI", "KIB":
		return 1 << 10, true
	case "MI", "MIB":
		return 1 << 20, true
	case "GI", "GIB":
		return 1 << 30, true
	case "TI", "TIB":
		return 1 << 40, true
	}
	return 0, false
}
