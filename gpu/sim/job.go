package sim

import (
	"bytes"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// job is one span of a pass.
type job struct {
	span   gpu.Span
	keep   *kept // where the leaves go, if they are kept
	expect *kept
	at     gpu.Bytes // bytes of the span that are hashed
	// compared says that leaves were compared as they came.
	compared bool
	tree     tree
	result   gpu.DigestResult
}

// newJob returns false when the expected hashes cannot be those of the span.
func newJob(j gpu.DigestJob, d *device) (job, bool) {
	made := job{span: j.Span, tree: tree{keep: j.Keep}, result: gpu.DigestResult{BadBlock: gpu.NoBlock}}
	if j.Keep {
		made.keep = &kept{dev: d, size: j.Span.Size}
	}
	if j.Expect == nil {
		return made, true
	}
	expect, ok := j.Expect.(*kept)
	if !ok || expect == nil || expect.dev != d || expect.closed || expect.size != j.Span.Size {
		return job{}, false
	}
	made.expect = expect
	return made, true
}

func (j *job) complete() bool { return j.at >= j.span.Size }

// next is the span of up to n blocks that are hashed next, or false if a size
// is more than the machine can address.
func (j *job) next(n uint64) (gpu.Span, bool) {
	if j.keep != nil && j.tree.leaves == nil {
		length, ok := verity.LevelBytes(uint64(j.span.Size), 0)
		if !ok {
			return gpu.Span{}, false
		}
		j.tree.leaves = make([]byte, 0, length)
	}
	start, ok := j.span.Offset.Add(j.at)
	size, okS := gpu.BlockSize.Mul(n)
	if !okS {
		size = gpu.MaxBytes
	}
	return gpu.Span{Extent: j.span.Extent, Offset: start, Size: min(size, j.span.Size.SubSat(j.at))}, ok
}

// took adds the hashes of the next size bytes, which end the longer list of
// leaves, and returns how many they are.
func (j *job) took(longer []byte, size gpu.Bytes) uint64 {
	before := j.tree.count
	fresh := j.tree.grow(longer)
	blocks := uint64(gpu.BytesOf(len(fresh) / verity.HashSize))
	j.at = j.at.AddSat(size)
	if before == 0 && j.complete() && j.tree.folded == 0 {
		return blocks // all leaves are there: they are compared with the tops
	}
	j.compare(before, fresh)
	j.compared = true
	j.tree.trim()
	return blocks
}

// compare looks for the first block that differs from what is expected.
func (j *job) compare(at int, fresh []byte) {
	if j.expect != nil && j.result.BadBlock == gpu.NoBlock {
		j.result.BadBlock = j.expect.firstDifference(at, fresh)
	}
}

// top takes the root of the job's tree.
func (j *job) top(root verity.Hash) {
	if !j.compared {
		j.compare(0, j.tree.leaves)
	}
	j.result.Digest = verity.FileDigest(root, uint64(j.span.Size))
}

// finished hands the kept leaves out. The digest is there.
func (j *job) finished() {
	if j.keep != nil {
		j.keep.leaves = j.tree.leaves
		j.keep.dev.keeps[j.keep] = true
		j.result.Kept = j.keep
	}
	j.tree = tree{}
}

// firstDifference compares hashes with the kept ones from the byte offset at
// on, and returns the block of the first that differs.
func (k *kept) firstDifference(at int, hashes []byte) int64 {
	if at <= len(k.leaves) && bytes.HasPrefix(k.leaves[at:], hashes) {
		return gpu.NoBlock
	}
	for i, h := range hashes {
		if at+i >= len(k.leaves) || k.leaves[at+i] != h {
			return int64((at + i) / verity.HashSize)
		}
	}
	return gpu.NoBlock
}
