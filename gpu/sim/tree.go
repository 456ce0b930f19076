package sim

import "github.com/vram-engine/vram-engine/seal/verity"

// tree grows the hashes above the blocks as they come, so that no slice of a
// pass ends with a long calculation. Unless the leaves are kept, it holds
// less than 8 KiB of them, and one hash for each 512 KiB.
type tree struct {
	keep    bool
	leaves  []byte // all of them, or those that are not folded
	folded  int    // bytes of leaves that are hashed into parents
	parents []byte // the level above the leaves
	count   int    // bytes of leaves so far
}

// grow takes the list of leaves with new ones at its end, and returns those.
func (t *tree) grow(longer []byte) []byte {
	fresh := longer[min(len(t.leaves), len(longer)):]
	t.leaves = longer
	t.count += len(fresh)
	pending := t.leaves[min(t.folded, len(t.leaves)):]
	whole := len(pending) - len(pending)%verity.BlockSize
	if whole == 0 {
		return fresh
	}
	t.parents = verity.HashBlocks(t.parents, pending[:whole])
	t.folded += whole
	return fresh
}

// trim forgets leaves that are folded, unless they are kept. What grow
// returned is not valid any more.
func (t *tree) trim() {
	if t.keep || t.folded == 0 {
		return
	}
	t.leaves = append(t.leaves[:0], t.leaves[min(t.folded, len(t.leaves)):]...)
	t.folded = 0
}

// rest is what is left to do once all leaves are there: the hashes of the data
// are added to those of the level above the leaves. If there is one leaf or
// none, nothing is left, and it is the root.
func (t *tree) rest() verity.Leaves {
	if t.count <= verity.HashSize {
		return verity.Leaves{Hashes: t.leaves}
	}
	return verity.Leaves{Data: t.leaves[min(t.folded, len(t.leaves)):], Hashes: t.parents}
}
