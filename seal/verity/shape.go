package verity

import "math"

// Blocks returns how many 4096-byte blocks size bytes occupy: 0 for nothing,
// the last one possibly partial.
func Blocks(size uint64) uint64 { return groups(size, BlockSize) }

// Levels returns how many levels of hashes stand over size bytes, from the
// leaves (level 0) to the level that holds only the root: 0 for size 0, 1 up
// to 4096 bytes, 2 up to 512 KiB, and at most 9.
func Levels(size uint64) int {
	n := Blocks(size)
	if n == 0 {
		return 0
	}
	levels := 1
	for n > 1 {
		n = groups(n, HashesPerBlock)
		levels++
	}
	return levels
}

// LevelHashes returns how many hashes the given level has over size bytes:
// Blocks(size) at level 0, one at the topmost, 0 where there is no such level.
func LevelHashes(size uint64, level int) uint64 {
	if level < 0 || level >= Levels(size) {
		return 0
	}
	n := Blocks(size)
	for range level {
		n = groups(n, HashesPerBlock)
	}
	return n
}

// LevelBytes returns how many bytes the hashes of the given level occupy, or
// false if that does not fit in memory on this machine.
func LevelBytes(size uint64, level int) (int, bool) {
	n := LevelHashes(size, level)
	if n > math.MaxInt/HashSize {
		return 0, false
	}
	return int(n) * HashSize, true
}

// BlockLength returns how many bytes of the block with the given index belong
// to a file of size bytes: 4096, fewer for the last one, 0 for none.
func BlockLength(size, block uint64) int {
	blocks := Blocks(size)
	if block >= blocks {
		return 0
	}
	if rest := size % BlockSize; rest != 0 && block == blocks-1 {
		return int(rest)
	}
	return BlockSize
}

// groups is n divided by unit, rounded up; unit is never zero and the sum
// never wraps.
func groups(n, unit uint64) uint64 {
	q := n / unit
	if n%unit != 0 {
		q++
	}
	return q
}
