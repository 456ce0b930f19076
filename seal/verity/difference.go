package verity

import (
	"bytes"
	"fmt"
)

// BlockRange is a run of 4096-byte blocks.
type BlockRange struct {
	First uint64 // index of the first block
	Count uint64 // how many; 1 if the range comes from leaves
}

// FirstDifference returns the first blocks in which a and b differ, and
// whether they do. With trees of level 0 that is exactly the first block that
// differs; with level n it is the run of up to 128ⁿ blocks that the first
// differing hash stands for. Trees of unlike size or level cannot be compared:
// ErrBadTree.
func FirstDifference(a, b *Tree) (BlockRange, bool, error) {
	if a.size != b.size || a.level != b.level {
		return BlockRange{}, false, fmt.Errorf("%w: sizes %d and %d, levels %d and %d cannot be compared",
			ErrBadTree, a.size, b.size, a.level, b.level)
	}
	i, differs := firstUnequal(a.hashes, b.hashes)
	if !differs {
		return BlockRange{}, false, nil
	}
	return a.blocksUnder(i), true, nil
}

// firstUnequal returns the index of the first hash that differs in two slices
// of the same length. It compares large pieces and halves them where they
// differ.
func firstUnequal(a, b []byte) (uint64, bool) {
	var equal uint64
	piece := HashesPerBlock * BlockSize
	for len(a) > 0 && len(b) > 0 {
		n := min(piece, len(a), len(b))
		switch {
		case bytes.Equal(a[:n], b[:n]):
			equal += uint64(n / HashSize)
			a, b = a[n:], b[n:]
		case piece == HashSize:
			return equal, true
		default:
			piece /= 2
		}
	}
	return 0, false
}

// blocksUnder returns the blocks that the i-th kept hash stands for.
func (t *Tree) blocksUnder(i uint64) BlockRange {
	span := uint64(1)
	for range t.level {
		span *= HashesPerBlock // at most 128⁸ = 2⁵⁶
	}
	first := i * span // i < LevelHashes, so this is below Blocks(size)
	return BlockRange{First: first, Count: min(span, Blocks(t.size)-first)}
}
