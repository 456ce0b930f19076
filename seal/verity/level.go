package verity

// noLevel is the level to keep when none is wanted.
const noLevel = -1

// level collects the hashes of one level of a tree as they come, in order. A
// block of hashes that is full is hashed at once into the level above, so
// that a whole tree needs one block of memory per level.
type level struct {
	number int
	keep   int    // the level whose hashes are kept, or noLevel
	count  uint64 // how many hashes were pushed
	open   []byte // the hashes of the block that is not full yet
	kept   []byte // all hashes pushed, if this level is to be kept
	up     *level // nil until a block is full
}

func newLevel(number, keep int) *level {
	return &level{number: number, keep: keep, open: make([]byte, 0, BlockSize)}
}

// push takes whole hashes of this level.
func (l *level) push(hashes []byte) {
	for len(hashes) > 0 {
		n := min(len(hashes), BlockSize-len(l.open))
		l.open = append(l.open, hashes[:n]...)
		l.took(n)
		hashes = hashes[n:]
	}
}

// pushBlocks hashes blocks of what is below this level and pushes the hashes.
// Only the last call may end with a partial block.
func (l *level) pushBlocks(data []byte) {
	for len(data) > 0 {
		room := (BlockSize - len(l.open)) / HashSize
		n := min(len(data), room*BlockSize)
		before := len(l.open)
		l.open = HashBlocks(l.open, data[:n])
		l.took(len(l.open) - before)
		data = data[n:]
	}
}

// took books the n bytes of hashes that were just appended to the open block.
func (l *level) took(n int) {
	l.count += uint64(n / HashSize) //nolint:gosec // a length
	if l.number == l.keep {
		l.kept = append(l.kept, l.open[len(l.open)-n:]...)
	}
	if len(l.open) < BlockSize {
		return
	}
	if l.up == nil {
		l.up = newLevel(l.number+1, l.keep)
	}
	l.up.pushBlocks(l.open)
	l.open = l.open[:0]
}

// reset forgets the hashes and keeps the memory.
func (l *level) reset() {
	for ; l != nil; l = l.up {
		l.count, l.open, l.kept = 0, l.open[:0], nil
	}
}

// finished is a completed tree.
type finished struct {
	root Hash
	top  int    // the root's level
	kept []byte // the hashes of the kept level, or of the topmost if that is lower
}

// finish completes the tree over what was pushed so far. It changes nothing,
// so that more may be pushed later.
func (l *level) finish() finished { return l.finishWith(nil) }

// finishWith is finish with one more hash at the end, that of the partial
// block below; carry is empty if there is none.
func (l *level) finishWith(carry []byte) finished {
	var f finished
	if l.count == 0 && len(carry) == 0 {
		return f
	}
	keep := l.keep
	for {
		tail := append(append(make([]byte, 0, BlockSize), l.open...), carry...)
		if l.number == keep {
			f.kept = append(append(make([]byte, 0, len(l.kept)+len(carry)), l.kept...), carry...)
		}
		f.top = l.number
		if l.count+uint64(len(carry)/HashSize) == 1 {
			copy(f.root[:], tail)
			break
		}
		carry = HashBlocks(nil, tail)
		if l.up == nil { // what is left is the one hash above
			f.top++
			copy(f.root[:], carry)
			break
		}
		l = l.up
	}
	if keep >= f.top {
		f.kept = append([]byte(nil), f.root[:]...)
	}
	return f
}
