//go:build !amd64

package kernel

// detect finds nothing: crypto/sha256 uses the instructions of these
// processors.
func detect() features { return features{} }

// Hash hashes the first n leaves, at most one as the method has one lane, into
// the same places of sums. next is not used.
func (p Plan) Hash(sums *[MaxLanes]Sum, leaves, _ *[MaxLanes]*Leaf, n int) {
	n = max(min(n, p.method.Lanes()), 0)
	standard(sums[:n], leaves[:n])
}
