// Package verity computes the digest by which a shard is known: the Linux
// fs-verity file digest with SHA-256, blocks of 4096 bytes and no salt.
//
// # What
//
// The digest is one value for contents on a disk, in host memory and in the
// memory of a GPU, and it is what `fsverity digest FILE` prints. [Sum],
// [Hasher], [DigestReader], [DigestReaderAt] and [DigestMemory] compute it;
// [HashBlocks] is what all hashing of blocks goes through, and [HashMany] is
// the same for several pieces of memory at once; both are what a device calls.
// [Implementation] tells which instructions they use. [DigestLeaves] and
// [FileDigest] finish what a device began. A [Tree] keeps the hashes of one
// level, so that [FirstDifference] can name the first block that differs, and
// a [Proof] shows that a single block belongs to the file with a digest.
//
// # Format of the digest
//
// The data is cut into blocks of 4096 bytes; the last one is filled up with
// zero bytes. The SHA-256 hashes of the blocks, in order, are level 0 (the
// leaves). The hashes of a level, one after the other, are cut into blocks of
// 4096 bytes (128 hashes), the last one filled up with zero bytes; the
// SHA-256 hashes of these blocks are the next level. This ends at the level
// that has one hash: the root. So data of 1 to 4096 bytes has the hash of its
// one block as the root. Empty data has no block, and the root of 32 zero
// bytes. The digest is SHA-256 of this descriptor of 256 bytes:
//
//	offset  length  value
//	     0       1  1: version
//	     1       1  1: SHA-256
//	     2       1  12: log2 of the block size
//	     3       1  0: length of the salt
//	     4       4  0
//	     8       8  size of the data in bytes, little endian
//	    16      32  root
//	    48     208  0: rest of the root, salt, reserved
//
// # Format of a proof
//
//	offset  length  value
//	     0       8  "VRAMPRF1"
//	     8       8  size of the data in bytes, little endian
//	    16       8  index of the block, little endian; below the number of blocks
//	    24       n  siblings
//
// The siblings are, for each level from 0 to the one below the root, the
// hashes of the same block of hashes except the one on the way from the block
// to the root, in order, 32 bytes each. The index of the hash on the way is
// the index of the block divided by 128 once for each level; how many
// siblings it has follows from the number of hashes of the level. So n
// follows from size and index, and an encoding of another length is refused:
// a proof has one encoding. To verify, hash the block, insert the hash among
// the siblings of level 0, hash that block of hashes, and so on to the root,
// then compare the digest that root and size give. Everything that a proof
// says is so bound to the digest, except the index of the block: the
// position among the siblings binds that too, because the size is bound.
//
// # Not for
//
// Keys and seals (package seal), or files whose contents are in memory of a
// device: a device calls HashBlocks or has a kernel of its own.
//
// # Ownership
//
// Slices that are passed in are used during the call only, except by
// [NewTree], which takes the hashes over. Slices that are returned belong to
// the caller. What was read is cleared from memory that later calls use again.
//
// # Concurrency
//
// Functions may be called from any goroutine. A [Tree] and a [Proof] are
// immutable. A [Hasher] belongs to one goroutine at a time. [DigestReaderAt],
// [DigestMemory], [TreeReaderAt] and [DigestReader] start goroutines and wait
// for all of them. After the end of its context each of these goroutines
// finishes the piece of at most 512 KiB that it has in hand, which takes a
// fraction of a millisecond, and a read of at most 256 KiB that it is in,
// which takes as long as the kernel or the reader makes it wait: a read that
// hangs on a lost network drive holds up the return until it ends.
//
// # Units
//
// Sizes are bytes in a uint64, since this package imports no other of the
// project; blocks and hashes are counted in uint64; a level is an int.
//
// # Failure
//
// Errors that a caller can branch on are of type [Code]. A source that is
// shorter or longer than it was said to be is an error and never a digest.
// Nothing here panics, whatever a file or a proof contains.
package verity
