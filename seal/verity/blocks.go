package verity

import (
	"crypto/sha256"
	"slices"
)

// BlockSize is the size of a data block and of a block of hashes in bytes.
const BlockSize = 4096

// HashesPerBlock is how many hashes one block of hashes holds.
const HashesPerBlock = BlockSize / HashSize

// HashBlocks appends the hash of every 4096-byte block of data to dst and
// returns the longer slice. If data is not a multiple of 4096 bytes, its last
// block is hashed as if zero bytes followed; empty data has no block.
//
// Applied to data it makes the leaves (level 0); applied to a level's hashes
// it makes the next level. Whoever has many blocks passes them in one call,
// because several are hashed at once where the processor allows it; but not
// more than a few MiB, since a call may not be interruptible by the runtime.
//
// Nothing is allocated when dst has room; dst and data must not overlap.
// Neither slice is kept. Calls on different dst may run concurrently. To fill
// a part of a larger slice, pass it with no length and that part's capacity:
// leaves[lo:lo:hi].
func HashBlocks(dst, data []byte) []byte {
	whole := len(data) - len(data)%BlockSize
	dst = slices.Grow(dst, hashesLength(len(data)))
	for block := range slices.Chunk(data[:whole], BlockSize) {
		sum := sha256.Sum256(block)
		dst = append(dst, sum[:]...)
	}
	if tail := data[whole:]; len(tail) > 0 {
		var padded [BlockSize]byte
		copy(padded[:], tail)
		sum := sha256.Sum256(padded[:])
		dst = append(dst, sum[:]...)
	}
	return dst
}

// hashesLength is how many bytes the hashes of n bytes occupy.
func hashesLength(n int) int {
	blocks := n / BlockSize
	if n%BlockSize != 0 {
		blocks++
	}
	return blocks * HashSize
}
