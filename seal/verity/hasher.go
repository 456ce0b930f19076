package verity

import (
	"fmt"
	"math/bits"
)

// Hasher computes the digest of bytes that arrive in order and whose number is
// not known beforehand. It is an io.Writer. Its memory is one block per level,
// about 40 KiB at most, plus the kept level if there is one. It belongs to one
// goroutine at a time.
type Hasher struct {
	leaves *level
	block  []byte // the data block that is not full yet
	size   uint64
}

// NewHasher returns a Hasher that keeps no hashes.
func NewHasher() *Hasher { return newHasher(noLevel) }

// NewTreeHasher returns a Hasher that also keeps the hashes of the given level
// (0 for the leaves: 32 bytes per 4096; level 1: 32 bytes per 512 KiB). A
// negative level is ErrBadOptions.
func NewTreeHasher(level int) (*Hasher, error) {
	if level < 0 {
		return nil, fmt.Errorf("%w: a kept level is 0 or more", ErrBadOptions)
	}
	return newHasher(level), nil
}

func newHasher(keep int) *Hasher {
	return &Hasher{leaves: newLevel(0, keep), block: make([]byte, 0, BlockSize)}
}

// Write takes the next bytes. It never blocks and does not keep p. It fails
// only with ErrTooLarge, when the sum of all lengths does not fit in 64 bits;
// then nothing was taken.
func (h *Hasher) Write(p []byte) (int, error) {
	size, carry := bits.Add64(h.size, uint64(len(p)), 0)
	if carry != 0 {
		return 0, ErrTooLarge
	}
	h.size = size
	taken := len(p)
	if len(h.block) > 0 {
		n := min(len(p), BlockSize-len(h.block))
		h.block = append(h.block, p[:n]...)
		p = p[n:]
		if len(h.block) < BlockSize {
			return taken, nil
		}
		h.leaves.pushBlocks(h.block)
		h.block = h.block[:0]
	}
	whole := len(p) - len(p)%BlockSize
	h.leaves.pushBlocks(p[:whole])
	h.block = append(h.block, p[whole:]...)
	return taken, nil
}

// Size returns how many bytes were written so far.
func (h *Hasher) Size() uint64 { return h.size }

// Sum returns the digest of what was written so far. More may be written
// afterwards.
func (h *Hasher) Sum() Digest {
	return FileDigest(h.finish().root, h.size)
}

// Tree returns the kept hashes of what was written so far; if the tree is not
// as high as the level asked for, the level is the root's. The tree owns its
// hashes. On a Hasher from NewHasher the error is ErrBadOptions.
func (h *Hasher) Tree() (*Tree, error) {
	if h.leaves.keep == noLevel {
		return nil, fmt.Errorf("%w: this hasher keeps no hashes; use NewTreeHasher", ErrBadOptions)
	}
	f := h.finish()
	return NewTree(h.size, min(h.leaves.keep, f.top), f.kept)
}

// Reset makes the Hasher as new; it keeps its memory.
func (h *Hasher) Reset() {
	h.leaves.reset()
	h.block, h.size = h.block[:0], 0
}

// finish completes the tree without changing what more can be written.
func (h *Hasher) finish() finished {
	if len(h.block) == 0 {
		return h.leaves.finish()
	}
	return h.leaves.finishWith(HashBlocks(nil, h.block))
}
