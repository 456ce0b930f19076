package verity

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Hash is one hash of the tree; the topmost is the root.
type Hash [HashSize]byte

// FileDigest returns the digest of a file of size bytes whose tree has this
// root: SHA-256 of the 256-byte descriptor that doc.go describes. A file of
// size 0 has the zero root.
func FileDigest(root Hash, size uint64) Digest {
	d := make([]byte, 0, 256)
	d = append(d,
		1,  // version
		1,  // hash algorithm: SHA-256
		12, // log2 of the block size
		0,  // salt length
	)
	d = binary.LittleEndian.AppendUint32(d, 0) // signature length: not part of the digest
	d = binary.LittleEndian.AppendUint64(d, size)
	d = append(d, root[:]...)
	return sha256.Sum256(d[:cap(d)]) // the rest of the descriptor is zero
}

// DigestLeaves returns the digest of a file of size bytes from all its leaves,
// the hashes that HashBlocks makes of its blocks. It needs a few KiB of memory
// besides. If the number of leaves does not fit the size, the error is
// ErrBadTree.
func DigestLeaves(size uint64, leaves []byte) (Digest, error) {
	want, ok := LevelBytes(size, 0)
	if !ok || len(leaves) != want {
		return Digest{}, fmt.Errorf("%w: %d bytes of leaves for a size of %d bytes", ErrBadTree, len(leaves), size)
	}
	l := newLevel(0, noLevel)
	l.push(leaves)
	return FileDigest(l.finish().root, size), nil
}

// Sum returns the digest of data that is all in memory.
func Sum(data []byte) Digest {
	l := newLevel(0, noLevel)
	l.pushBlocks(data)
	return FileDigest(l.finish().root, uint64(len(data)))
}
