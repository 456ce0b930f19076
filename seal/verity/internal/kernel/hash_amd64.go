package kernel

// Hash hashes the first n leaves, at most as many as the method has lanes,
// into the same places of sums. It brings the leaves of next near the
// processor, of which as many as there are lanes must be set; it may be
// leaves. The other sums may be overwritten.
func (p Plan) Hash(sums *[MaxLanes]Sum, leaves, next *[MaxLanes]*Leaf, n int) {
	m := p.method
	lanes := m.Lanes()
	n = min(n, lanes)
	if n == lanes {
		whole(m, sums, leaves, next)
		return
	}
	if n <= 0 {
		return
	}
	// Lanes without a leaf hash the first one again.
	filled := *leaves
	for i := n; i < len(filled); i++ {
		filled[i] = filled[0]
	}
	p.part(sums, &filled, n)
}

// whole hashes a full group.
func whole(m Method, sums *[MaxLanes]Sum, leaves, next *[MaxLanes]*Leaf) {
	switch m {
	case AVX512Double:
		avx512double(sums, leaves, next)
	case AVX512:
		avx512((*[16]Sum)(sums[:16]), (*[16]*Leaf)(leaves[:16]), (*[16]*Leaf)(next[:16]))
	case AVX512Zen5:
		avx512zen5((*[16]Sum)(sums[:16]), (*[16]*Leaf)(leaves[:16]), (*[16]*Leaf)(next[:16]))
	case AVX512VL:
		avx512vl((*[8]Sum)(sums[:8]), (*[8]*Leaf)(leaves[:8]), (*[8]*Leaf)(next[:8]))
	case AVX2:
		avx2((*[8]Sum)(sums[:8]), (*[8]*Leaf)(leaves[:8]))
	case SHANI:
		shani((*[2]Sum)(sums[:2]), leaves[0], leaves[1])
	case Standard, methods:
		standard(sums[:1], leaves[:1])
	}
}

// part hashes a group that is not full; its other lanes are set too.
func (p Plan) part(sums *[MaxLanes]Sum, leaves *[MaxLanes]*Leaf, n int) {
	m := p.method
	if p.mixed {
		if n <= p.few {
			pairs(sums[:n], leaves[:n])
			return
		}
		if m == AVX512 && n <= 8 {
			m = AVX512VL
		}
	}
	if n == 1 {
		m = Standard
	}
	whole(m, sums, leaves, leaves)
}

// pairs hashes leaves by two with the SHA instructions, and the last one of an
// odd number with crypto/sha256, which uses these too.
func pairs(sums []Sum, leaves []*Leaf) {
	for len(sums) >= 2 && len(leaves) >= 2 {
		shani((*[2]Sum)(sums[:2]), leaves[0], leaves[1])
		sums, leaves = sums[2:], leaves[2:]
	}
	standard(sums, leaves)
}
