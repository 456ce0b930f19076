package peer

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

const blockSize = 4096

// tree is the fs-verity digest made with crypto/sha256, one block after the
// other: what one would write first.
type tree struct {
	part   []byte // of a block
	leaves []byte
	size   uint64
}

func newTree() hash.Hash { return &tree{} }

func sumTree(data []byte) [sha256.Size]byte {
	t := &tree{leaves: make([]byte, 0, (len(data)/blockSize+1)*sha256.Size)}
	t.take(data)
	return t.digest()
}

// Write implements io.Writer.
func (t *tree) Write(p []byte) (int, error) {
	t.take(p)
	return len(p), nil
}

func (t *tree) take(p []byte) {
	t.size += uint64(len(p))
	if len(t.part) > 0 {
		n := min(len(p), blockSize-len(t.part))
		t.part, p = append(t.part, p[:n]...), p[n:]
		if len(t.part) < blockSize {
			return
		}
		t.leaves, t.part = appendSum(t.leaves, t.part), t.part[:0]
	}
	for len(p) >= blockSize {
		t.leaves, p = appendSum(t.leaves, p[:blockSize]), p[blockSize:]
	}
	t.part = append(t.part, p...)
}

func (t *tree) digest() [sha256.Size]byte {
	level := t.leaves
	if len(t.part) > 0 {
		level = appendSum(level, t.part)
	}
	if len(level) == 0 {
		level = make([]byte, sha256.Size)
	}
	for len(level) > sha256.Size {
		var above []byte
		for len(level) > 0 {
			n := min(len(level), blockSize)
			above, level = appendSum(above, level[:n]), level[n:]
		}
		level = above
	}
	var descriptor [256]byte
	descriptor[0], descriptor[1], descriptor[2] = 1, 1, 12
	binary.LittleEndian.PutUint64(descriptor[8:], t.size)
	copy(descriptor[16:], level)
	return sha256.Sum256(descriptor[:])
}

// appendSum appends the hash of a block that zero bytes fill up.
func appendSum(sums, block []byte) []byte {
	if len(block) < blockSize {
		var full [blockSize]byte
		copy(full[:], block)
		block = full[:]
	}
	sum := sha256.Sum256(block)
	return append(sums, sum[:]...)
}

// Sum implements hash.Hash.
func (t *tree) Sum(b []byte) []byte {
	sum := t.digest()
	return append(b, sum[:]...)
}

// Reset implements hash.Hash.
func (t *tree) Reset() { t.part, t.leaves, t.size = t.part[:0], t.leaves[:0], 0 }

// Size implements hash.Hash.
func (*tree) Size() int { return sha256.Size }

// BlockSize implements hash.Hash.
func (*tree) BlockSize() int { return blockSize }
