package audit

import (
	"crypto/ed25519"
	"io"
	"slices"

	"github.com/cockroachdb/errors"
)

const (
	headName    = "head"
	headNewName = "head.new"
	// slotSize is a page and a sector of any disk, so that a torn write of one
	// slot cannot damage the other.
	slotSize  = 4096
	slotCount = 2
	headSize  = slotSize * slotCount
)

// headState is what the two slots say.
type headState struct {
	newest head
	// torn says that one slot is not valid. A crash leaves that only in the
	// middle of a head write, when lines beyond the other slot are already
	// durable; otherwise somebody destroyed a head.
	torn bool
}

// slotOffset is where the n-th head is written.
func slotOffset(n uint64) int64 {
	if n%slotCount == 0 {
		return 0
	}
	return slotSize
}

// readHead reads both slots and returns the newest that the key verifies. It
// fails with errHead when there is none or the two do not belong together.
func readHead(f io.ReaderAt, key ed25519.PublicKey) (headState, error) {
	slots := make([]byte, headSize+1)
	got, err := f.ReadAt(slots, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return headState{}, err
	}
	if got != headSize {
		return headState{}, errHead
	}
	return chooseHead(slots[:headSize], key)
}

// chooseHead reads the slots, which are headSize bytes.
func chooseHead(slots []byte, key ed25519.PublicKey) (headState, error) {
	var valid []head
	place := uint64(0)
	for slot := range slices.Chunk(slots, slotSize) {
		h, err := verifyHead(slot, key)
		if err == nil {
			if h.n%slotCount != place {
				return headState{}, errHead // copied from the other slot
			}
			valid = append(valid, h)
		}
		place++
	}
	switch {
	case len(valid) == 0:
		return headState{}, errHead
	case len(valid) == 1:
		return headState{newest: valid[0], torn: true}, nil
	}
	older, newer := valid[0], valid[1]
	if older.n > newer.n {
		older, newer = newer, older
	}
	if older.n+1 != newer.n || older.seq > newer.seq || older.size > newer.size {
		return headState{}, errHead
	}
	return headState{newest: newer}, nil
}
