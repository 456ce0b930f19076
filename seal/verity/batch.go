package verity

import "github.com/vram-engine/vram-engine/seal/verity/internal/kernel"

// batch is up to two groups of leaves: one that is filled, and one that waits
// for it, so that the leaves that come next are known when it is hashed.
type batch struct {
	plan    kernel.Plan
	lanes   int
	leaves  [2][kernel.MaxLanes]*kernel.Leaf
	sums    [2][kernel.MaxLanes]*kernel.Sum
	filling int  // the group that is filled
	n       int  // how many leaves it has
	waiting bool // the other one is full
}

// inHand is how many leaves a batch holds at most that are not hashed.
func inHand(plan kernel.Plan) int { return 2 * plan.Method().Lanes() }

// hashJobs hashes all jobs; the hashes of each overwrite the end of its Hashes.
// First come the whole blocks, then the last blocks that are not full: these
// are copied to the places in last, of which there must be as many, or as many
// as a batch has in hand.
func hashJobs(plan kernel.Plan, jobs []Leaves, last []kernel.Leaf) {
	b := batch{plan: plan, lanes: plan.Method().Lanes()}
	for i := range jobs {
		j := &jobs[i]
		data, sums := j.Data, j.Hashes[max(0, len(j.Hashes)-hashesLength(len(j.Data))):]
		for len(data) >= BlockSize && len(sums) >= HashSize {
			b.leaves[b.filling][b.n] = (*kernel.Leaf)(data)
			b.sums[b.filling][b.n] = (*kernel.Sum)(sums)
			data, sums = data[BlockSize:], sums[HashSize:]
			if b.n++; b.n == b.lanes {
				b.turn()
			}
		}
	}
	used := 0
	for i := range jobs {
		j := &jobs[i]
		rest := j.Data[len(j.Data)-len(j.Data)%BlockSize:]
		if len(rest) == 0 || len(last) == 0 || len(j.Hashes) < HashSize {
			continue
		}
		leaf := &last[used%len(last)]
		clear(leaf[copy(leaf[:], rest):])
		used++
		b.leaves[b.filling][b.n] = leaf
		b.sums[b.filling][b.n] = (*kernel.Sum)(j.Hashes[len(j.Hashes)-HashSize:])
		if b.n++; b.n == b.lanes {
			b.turn()
		}
	}
	b.finish()
}

// turn is called when the group that is filled is full. From now on it waits,
// and the one that waited is hashed.
func (b *batch) turn() {
	if b.waiting {
		b.hash(1-b.filling, b.lanes, b.filling)
	}
	b.waiting, b.filling, b.n = true, 1-b.filling, 0
}

// finish hashes what is left.
func (b *batch) finish() {
	if b.waiting {
		b.hash(1-b.filling, b.lanes, 1-b.filling)
	}
	if b.n > 0 {
		b.hash(b.filling, b.n, b.filling)
	}
}

// hash hashes n leaves of a group; the next group is full, or the same.
func (b *batch) hash(group, n, next int) {
	var sums [kernel.MaxLanes]kernel.Sum
	b.plan.Hash(&sums, &b.leaves[group], &b.leaves[next], n)
	for i, to := range b.sums[group][:n] {
		*to = sums[i]
	}
}
