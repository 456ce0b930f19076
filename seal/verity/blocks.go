package verity

import (
	"slices"

	"github.com/vram-engine/vram-engine/seal/verity/internal/kernel"
)

// BlockSize is the size of a data block and of a block of hashes in bytes.
const BlockSize = kernel.LeafSize

// HashesPerBlock is how many hashes one block of hashes holds.
const HashesPerBlock = BlockSize / HashSize

// Leaves is a job of HashMany: data whose blocks are hashed, and where the
// hashes go.
type Leaves struct {
	Data   []byte
	Hashes []byte // the hashes are appended
}

// HashBlocks appends the hash of every 4096-byte block of data to dst and
// returns the longer slice. If data is not a multiple of 4096 bytes, its last
// block is hashed as if zero bytes followed; empty data has no block.
//
// Applied to data it makes the leaves (level 0); applied to a level's hashes
// it makes the next level. Whoever has many blocks passes them in one call,
// because up to 32 are hashed at once where the processor allows it (see
// [Implementation]). The runtime can interrupt a call after each 128 KiB.
//
// Nothing is allocated when dst has room; dst and data must not overlap.
// Neither slice is kept. Calls on different dst may run concurrently. To fill
// a part of a larger slice, pass it with no length and that part's capacity:
// leaves[lo:lo:hi].
func HashBlocks(dst, data []byte) []byte {
	plan := chosen().Plan
	dst = withRoom(dst, len(data))
	jobs := [1]Leaves{{Data: data, Hashes: dst}}
	if len(data)%BlockSize == 0 {
		hashJobs(plan, jobs[:], nil)
	} else {
		hashWithLast(plan, jobs[:])
	}
	return dst
}

// hashWithLast has the room for one last block on its stack.
func hashWithLast(plan kernel.Plan, jobs []Leaves) {
	var last [1]kernel.Leaf
	hashJobs(plan, jobs, last[:])
}

// Scratch is memory that HashMany uses again from call to call: up to
// 256 KiB. The zero value is ready. It belongs to one goroutine at a time.
type Scratch struct {
	last []kernel.Leaf
}

// HashMany is HashBlocks for several jobs at once: it appends to the Hashes of
// each job those of its data. It is faster than one call for each job when
// these are small, because blocks of different jobs are hashed together.
//
// It allocates what Hashes need that have no room, and what scratch does not
// have when jobs end with a part of a block; scratch may be nil. No Hashes may
// overlap any other or any data. It keeps none of the slices, does not block,
// and may be called concurrently with other jobs and another scratch.
func HashMany(jobs []Leaves, scratch *Scratch) {
	hashMany(chosen().Plan, jobs, scratch)
}

func hashMany(plan kernel.Plan, jobs []Leaves, scratch *Scratch) {
	parts := 0
	for i := range jobs {
		jobs[i].Hashes = withRoom(jobs[i].Hashes, len(jobs[i].Data))
		if len(jobs[i].Data)%BlockSize != 0 {
			parts++
		}
	}
	parts = min(parts, inHand(plan))
	var last []kernel.Leaf
	if scratch != nil {
		last = scratch.last
	}
	if len(last) < parts {
		last = make([]kernel.Leaf, parts)
	}
	if scratch != nil {
		scratch.last = last
	}
	hashJobs(plan, jobs, last)
}

// withRoom makes dst longer by the hashes of n bytes.
func withRoom(dst []byte, n int) []byte {
	length := hashesLength(n)
	return slices.Grow(dst, length)[:len(dst)+length]
}

// hashesLength is how many bytes the hashes of n bytes occupy.
func hashesLength(n int) int {
	blocks := n / BlockSize
	if n%BlockSize != 0 {
		blocks++
	}
	return blocks * HashSize
}
