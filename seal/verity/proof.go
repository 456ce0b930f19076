package verity

import (
	"bytes"
	"fmt"
	"slices"
)

// Proof leads from one block to the root: at each level the other hashes of
// the block of hashes on the way. Together with the block itself it shows, to
// whoever knows the file's digest, that the block is what the file has there.
// It cannot be changed and is safe for concurrent use.
type Proof struct {
	size     uint64
	block    uint64
	siblings []byte // lowest level first; how many at each level follows from size and block
}

// Size returns the size of the file that the proof speaks of.
func (p *Proof) Size() uint64 { return p.size }

// Block returns the index of the block that the proof speaks of.
func (p *Proof) Block() uint64 { return p.block }

// Proof returns the proof of the block with the given index. The tree must
// have level 0 (else ErrBadTree) and the block (else ErrNoBlock). The first
// call computes the upper levels, 1/127 of the leaves' memory.
func (t *Tree) Proof(block uint64) (*Proof, error) {
	if t.level != 0 {
		return nil, fmt.Errorf("%w: proofs need the leaves (level 0), this tree keeps level %d", ErrBadTree, t.level)
	}
	if block >= Blocks(t.size) {
		return nil, fmt.Errorf("%w: %d of %d", ErrNoBlock, block, Blocks(t.size))
	}
	p := &Proof{size: t.size, block: block}
	for i, hashes := range slices.Concat([][][]byte{{t.hashes}, t.above()}...) {
		s := stepAt(t.size, block, i)
		group := hashes[s.group*BlockSize:]
		group = group[:min(BlockSize, len(group))]
		p.siblings = append(p.siblings, group[:s.before]...)
		p.siblings = append(p.siblings, group[s.before:][min(HashSize, len(group)-s.before):]...)
	}
	return p, nil
}

// step is the way of a proof through one level.
type step struct {
	group  uint64 // which block of hashes of the level
	before int    // bytes of siblings in front of the hash that is proved
	after  int    // bytes of siblings behind it
}

// stepAt returns the step through the given level on the way from block.
func stepAt(size, block uint64, level int) step {
	n := LevelHashes(size, level)
	for range level {
		block /= HashesPerBlock
	}
	s := step{group: block / HashesPerBlock, before: int(block%HashesPerBlock) * HashSize}
	inGroup := min(HashesPerBlock, n-s.group*HashesPerBlock)
	s.after = int(inGroup)*HashSize - s.before - HashSize
	return s
}

// VerifyProof checks that data is the block with the given index of the file
// of size bytes that has the digest want. data has exactly the bytes that
// belong to the file: fewer than 4096 only for a partial last block. Whatever
// is wrong, the error is ErrBadProof. It keeps none of its arguments.
func VerifyProof(want Digest, size, block uint64, data []byte, p *Proof) error {
	if p == nil || p.size != size || p.block != block || len(data) == 0 || len(data) != BlockLength(size, block) {
		return ErrBadProof
	}
	if uint64(len(p.siblings)) != siblingsLength(size, block) {
		return ErrBadProof
	}
	rest := p.siblings
	hash := HashBlocks(nil, data)
	group := make([]byte, 0, BlockSize)
	for level := range Levels(size) - 1 {
		s := stepAt(size, block, level)
		if len(rest) < s.before+s.after {
			return ErrBadProof
		}
		group = append(append(append(group[:0], rest[:s.before]...), hash...), rest[s.before:s.before+s.after]...)
		rest = rest[s.before+s.after:]
		hash = HashBlocks(hash[:0], group)
	}
	var root Hash
	if copy(root[:], hash); !bytes.Equal(root[:], hash) || !FileDigest(root, size).Equal(want) {
		return ErrBadProof
	}
	return nil
}
