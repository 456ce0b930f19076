package gputest

import (
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// kept digests a span and keeps its block hashes.
func (r *rig) kept(at gpu.Span) gpu.DigestResult {
	r.Helper()
	results := r.pass(gpu.DigestJob{Span: at, Keep: true})
	if results[0].Kept == nil {
		r.Fatal("nothing was kept")
	}
	return results[0]
}

// digestExpect changes one byte in each block in turn.
func digestExpect(r *rig) {
	for i, size := range []gpu.Bytes{1, 4096, 4097, 70_000, 528_385} {
		id := r.room(size)
		data := pattern(size, uint64(i))
		at := r.written(id, 0, data)
		first := r.kept(at)
		blocks := verity.Blocks(uint64(size))
		if first.Kept.Blocks() != blocks || first.Kept.Bytes() == 0 {
			r.Errorf("%d blocks in %d bytes are kept of %d", first.Kept.Blocks(), uint64(first.Kept.Bytes()), blocks)
		}
		again, err := first.Kept.Check()
		r.ok(err)
		if again != first.Digest || first.Digest != verity.Sum(data) {
			r.Errorf("%d bytes: the kept hashes do not lead to the digest", uint64(size))
		}
		for block := uint64(0); block < blocks; block += max(blocks/16, 1) {
			r.finds(at, first, block)
		}
		r.finds(at, first, blocks-1)
		if same := r.pass(gpu.DigestJob{Span: at, Expect: first.Kept})[0]; same.BadBlock != gpu.NoBlock || same.Digest != first.Digest {
			r.Errorf("%d bytes that are restored: bad block %d", uint64(size), same.BadBlock)
		}
		r.ok(first.Kept.Close())
		r.ok(first.Kept.Close())
		r.ok(r.dev.Unmap(id))
	}
}

// finds changes the last byte of a block, and of those behind it, and expects
// the block to be named; then it restores the bytes.
func (r *rig) finds(at gpu.Span, clean gpu.DigestResult, block uint64) {
	r.Helper()
	start, ok := gpu.BlockSize.Mul(block)
	if !ok {
		r.Fatalf("block %d", block)
	}
	last := min(start.AddSat(gpu.BlockSize), at.Size).SubSat(1)
	tail := gpu.Span{Extent: at.Extent, Offset: last, Size: at.Size.SubSat(last)}
	saved := r.contents(tail)
	r.written(at.Extent, last, pattern(tail.Size, 9999+block))
	r.written(at.Extent, last, []byte{^saved[0]})
	got := r.pass(gpu.DigestJob{Span: at, Expect: clean.Kept})[0]
	if got.BadBlock < 0 || uint64(got.BadBlock) != block || got.Digest == clean.Digest {
		r.Errorf("a change in block %d of %d bytes: block %d is named", block, uint64(at.Size), got.BadBlock)
	}
	r.written(at.Extent, last, saved)
}

func digestExpectRefused(r *rig) {
	id := r.mapped(1)
	at := r.written(id, 0, pattern(20_000, 1))
	first := r.kept(at)
	shorter := at
	shorter.Size = 10_000
	_, err := r.dev.Digest([]gpu.DigestJob{{Span: shorter, Expect: first.Kept}})
	r.refused("hashes of another size", err, gpu.ErrInvalidValue)
	r.ok(first.Kept.Close())
	_, err = r.dev.Digest([]gpu.DigestJob{{Span: at, Expect: first.Kept}})
	r.refused("hashes that are closed", err, gpu.ErrInvalidValue)
	_, err = first.Kept.Check()
	r.refused("checking hashes that are closed", err, gpu.ErrInvalidValue)
}

// digestFlip flips single bits of protected memory.
func digestFlip(r *rig) {
	if !r.offered(r.Flip != nil, "flipping bits") {
		return
	}
	id := r.mapped(1)
	at := r.written(id, 0, pattern(r.unit.SubSat(100), 1))
	clean := r.kept(at)
	if r.dev.Info().ReadOnlyMappings {
		r.ok(r.dev.Protect(id, gpu.ReadOnly))
	}
	for i, offset := range []gpu.Bytes{0, 1, 4095, 4096, at.Size / 2, at.Size.SubSat(1)} {
		bit := uint(i) % 8
		r.ok(r.Flip(id, offset, bit))
		got := r.pass(gpu.DigestJob{Span: at, Expect: clean.Kept})[0]
		if got.Digest == clean.Digest || got.BadBlock != int64(offset/gpu.BlockSize) { //nolint:gosec // a small index
			r.Errorf("bit %d of byte %d: block %d is named", bit, uint64(offset), got.BadBlock)
		}
		r.ok(r.Flip(id, offset, bit))
	}
	r.ok(r.Flip(id, at.Size, 0))
	if got := r.pass(gpu.DigestJob{Span: at})[0]; got.Digest != clean.Digest {
		r.Error("a bit behind the span changed its digest")
	}
}
