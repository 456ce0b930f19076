package verity

import (
	"encoding/binary"
	"fmt"
)

// proofMagic begins an encoded proof: 8 bytes that name the format.
const proofMagic = "VRAMPRF1"

const proofHeader = len(proofMagic) + 8 + 8

// MarshalBinary returns the proof in the format that doc.go describes. The
// caller owns the bytes. It never fails.
func (p *Proof) MarshalBinary() ([]byte, error) {
	out := make([]byte, 0, proofHeader+len(p.siblings))
	out = append(out, proofMagic...)
	out = binary.LittleEndian.AppendUint64(out, p.size)
	out = binary.LittleEndian.AppendUint64(out, p.block)
	return append(out, p.siblings...), nil
}

// ParseProof reads what MarshalBinary writes, and nothing else: what parses
// encodes to the same bytes. Anything else is ErrBadProof. The data is copied.
func ParseProof(data []byte) (*Proof, error) {
	if len(data) < proofHeader || string(data[:len(proofMagic)]) != proofMagic {
		return nil, fmt.Errorf("%w: not an encoded proof", ErrBadProof)
	}
	numbers, siblings := data[len(proofMagic):proofHeader], data[proofHeader:]
	p := &Proof{size: binary.LittleEndian.Uint64(numbers[:8]), block: binary.LittleEndian.Uint64(numbers[8:])}
	if p.block >= Blocks(p.size) {
		return nil, fmt.Errorf("%w: its block lies outside its file", ErrBadProof)
	}
	if uint64(len(siblings)) != siblingsLength(p.size, p.block) {
		return nil, fmt.Errorf("%w: its length does not fit its size and block", ErrBadProof)
	}
	p.siblings = append([]byte(nil), siblings...)
	return p, nil
}

// siblingsLength is how many bytes of siblings a proof of the block has: at
// most 8 levels of 127 hashes.
func siblingsLength(size, block uint64) uint64 {
	var n uint64
	for level := range Levels(size) {
		s := stepAt(size, block, level)
		n += uint64(s.before + s.after) //nolint:gosec // at most 127
	}
	return n
}
