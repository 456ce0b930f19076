package input

import "time"

// Limits of the numbers below.
const (
	MaxTotalShards = 1 << 20
	MaxPage        = 1000
)

// DeviceIndex checks the number of a device where there are count of them
// (IV-002).
func DeviceIndex(n, count int) error {
	const field = "device"
	if count <= 0 {
		return refuseNumber(field, n, "there is no device; add one or simulate one")
	}
	if n < 0 || n >= count {
		return refuseNumber(field, n, "devices present: %d; use a number from 0 to %d", count, count-1)
	}
	return nil
}

// ShardIndexOf checks a shard's place in a model of total shards, counted
// from 0. Both are 0 for a shard that is not one of several.
func ShardIndexOf(index, total int) error {
	switch {
	case index == 0 && total == 0:
		return nil
	case total <= 0 || total > MaxTotalShards:
		return refuseNumber("number of shards", total, "use a number from 1 to %d", MaxTotalShards)
	case index < 0 || index >= total:
		return refuseNumber("shard index", index, "of %d shards the indices are 0 to %d; use one of them", total, total-1)
	}
	return nil
}

// Bit checks the number of a bit in a byte.
func Bit(n uint) error {
	if n > 7 {
		return refuseNumber("bit", n, "a byte has the bits 0 to 7; use one of them")
	}
	return nil
}

// ByteOffset checks the offset of a byte in something of size bytes.
func ByteOffset(n, size uint64) error {
	if n >= size {
		return refuseNumber("byte", n, "there are only %d bytes; use a smaller offset", size)
	}
	return nil
}

// Page checks what part of a list is asked for: limit entries from offset on.
func Page(offset, limit int) error {
	if offset < 0 {
		return refuseNumber("page offset", offset, "it is negative; use 0 for the start of the list")
	}
	if limit < 1 || limit > MaxPage {
		return refuseNumber("page size", limit, "use a number from 1 to %d", MaxPage)
	}
	return nil
}

// Duration checks a duration against its bounds, both of which are allowed;
// nothing below a nanosecond is, whatever the bounds. field names it in the
// error.
func Duration(field string, d, shortest, longest time.Duration) error {
	shortest = max(shortest, 1)
	if d < shortest || d > longest {
		return refuseText(field, d.String(), "use a duration from %s to %s", shortest, longest)
	}
	return nil
}
