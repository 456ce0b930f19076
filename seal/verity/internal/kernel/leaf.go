package kernel

import "crypto/sha256"

// LeafSize is the length of a leaf in bytes.
const LeafSize = 4096

// MaxLanes is how many leaves the widest kernel hashes at once.
const MaxLanes = 32

// Leaf is what is hashed, Sum its hash.
type (
	Leaf = [LeafSize]byte
	Sum  = [sha256.Size]byte
)

// Plan is a choice of a method. The zero value is crypto/sha256.
type Plan struct {
	method Method
	mixed  bool // a group that is not full may go to another kernel
	// few is up to which number the leaves of a group that is not full go
	// through the SHA instructions in pairs; a call of a vector kernel takes as
	// long as that whether its lanes are used or not.
	few int
}

// Method returns what whole groups are hashed with.
func (p Plan) Method() Method { return p.method }

// standard hashes leaves one after the other.
func standard(sums []Sum, leaves []*Leaf) {
	for i := range min(len(sums), len(leaves)) {
		sums[i] = sha256.Sum256(leaves[i][:])
	}
}
