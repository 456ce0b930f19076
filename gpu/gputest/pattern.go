package gputest

import "github.com/vram-engine/vram-engine/gpu"

// pattern is n bytes, none of them zero, that differ from place to place and
// from salt to salt.
func pattern(n gpu.Bytes, salt uint64) []byte {
	size, ok := n.Int()
	if !ok {
		return nil
	}
	p := make([]byte, size)
	state := salt*0x9e3779b97f4a7c15 + 1
	for i := range p {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		p[i] = byte(state>>32&0xff) | 1
	}
	return p
}
