package verity

import (
	"fmt"
	"slices"
	"sync"
)

// Tree is a file's size and its hashes of one level. It tells the digest
// again, names where two versions of the file differ, and, if the level is 0,
// proves single blocks. It cannot be changed and is safe for concurrent use.
type Tree struct {
	size   uint64
	level  int
	hashes []byte
	above  func() [][]byte // the levels over the kept one, computed once
}

// NewTree makes a tree of the hashes of the given level over size bytes. It
// takes over the slice: the caller must not change it any more. If the number
// of hashes does not fit, the error is ErrBadTree. A tree over size 0 has
// level 0 and no hashes.
func NewTree(size uint64, level int, hashes []byte) (*Tree, error) {
	want, ok := LevelBytes(size, level)
	if level < 0 || level >= max(Levels(size), 1) || !ok || len(hashes) != want {
		return nil, fmt.Errorf("%w: %d bytes of hashes at level %d for a size of %d bytes", ErrBadTree, len(hashes), level, size)
	}
	t := &Tree{size: size, level: level, hashes: hashes}
	t.above = sync.OnceValue(t.levelsAbove)
	return t, nil
}

// Size returns the file's size in bytes.
func (t *Tree) Size() uint64 { return t.size }

// Level returns the level of the kept hashes.
func (t *Tree) Level() int { return t.level }

// AppendHashes appends the kept hashes to dst; the caller owns the result.
func (t *Tree) AppendHashes(dst []byte) []byte { return append(dst, t.hashes...) }

// Digest computes the file's digest from the kept hashes, each time anew, so
// that it also tells whether the hashes are still what they were.
func (t *Tree) Digest() Digest {
	l := newLevel(t.level, noLevel)
	l.push(t.hashes)
	return FileDigest(l.finish().root, t.size)
}

// levelsAbove returns the levels over the kept one, the lowest first.
func (t *Tree) levelsAbove() [][]byte {
	var levels [][]byte
	for hashes := t.hashes; len(hashes) > HashSize; {
		hashes = hashLevel(hashes)
		levels = append(levels, hashes)
	}
	return levels
}

// hashLevel is HashBlocks in pieces that leave the runtime a chance between.
func hashLevel(hashes []byte) []byte {
	var out []byte
	for piece := range slices.Chunk(hashes, HashesPerBlock*BlockSize) {
		out = HashBlocks(out, piece)
	}
	return out
}
