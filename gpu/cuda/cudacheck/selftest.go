package cudacheck

import (
	"math/bits"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const (
	// selfTestMost is enough for a tree of four levels.
	selfTestMost = 65 * gpu.MiB
	// selfTestLeast is what a small device spares.
	selfTestLeast = 1 * gpu.MiB
	randomPieces  = 200
	largestRandom = 64 * gpu.KiB
)

// borders are the sizes at which something changes: in SHA-256, in a block, in
// a level.
func borders() []gpu.Bytes {
	sizes := []gpu.Bytes{1, 2, 3, 31, 32, 33, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 4000}
	for _, blocks := range []gpu.Bytes{1, 2, 3, 127, 128, 129, 256, 128 * 128} {
		size := blocks * gpu.BlockSize
		sizes = append(sizes, size-1, size, size+1)
	}
	return sizes
}

// selfTest compares every kernel with the processor.
func selfTest(s *session) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	err = selfTestOn(s, b)
	return errors.CombineErrors(err, b.close())
}

func selfTestOn(s *session, b *bed) error {
	spare, err := b.spare()
	if err != nil {
		return err
	}
	size := min(selfTestMost, max(spare/8, selfTestLeast))
	n, ok := size.Int()
	if !ok {
		return errors.New("cudacheck: no memory for the self-test")
	}
	data, err := randomBytes(n)
	if err != nil {
		return err
	}
	x, err := b.region(size)
	if err != nil {
		return err
	}
	if err := b.upload(x.base, data); err != nil {
		return err
	}
	pieces, want, err := cut(x, data, s.fewer(randomPieces, randomPieces/10))
	if err != nil {
		return err
	}
	t, err := b.tree(pieces)
	if err != nil {
		return err
	}
	for _, name := range kernels.Leaves() {
		if err := compareDigests(s, t, name, want); err != nil {
			return err
		}
	}
	err = errors.CombineErrors(proofs(s, b, x), memoryTest(s, b, x))
	return errors.CombineErrors(err, errors.CombineErrors(t.free(), x.free()))
}

// cut makes pieces of the data at all kinds of addresses, and their digests.
func cut(x *region, data []byte, random int) ([]piece, []verity.Digest, error) {
	var pieces []piece
	var want []verity.Digest
	add := func(at, size gpu.Bytes) {
		if at+size <= gpu.BytesOf(len(data)) {
			pieces = append(pieces, piece{x.at(at), size})
			want = append(want, verity.Sum(data[at:at+size]))
		}
	}
	for i, size := range borders() {
		add(0, size)
		add(gpu.BytesOf(1+i%17), size)
	}
	var d dice
	for range random {
		size := gpu.Bytes(1 + d.below(uint64(largestRandom)))
		add(gpu.Bytes(d.below(uint64(gpu.BytesOf(len(data))-size))), size)
	}
	return pieces, want, d.err
}

func compareDigests(s *session, t *tree, name string, want []verity.Digest) error {
	f, err := t.b.load(name)
	if err != nil {
		return err
	}
	if err := t.wipe(); err != nil {
		return err
	}
	if err := t.queue(f[name]); err != nil {
		return err
	}
	got, err := t.digests()
	if err != nil {
		return err
	}
	wrong, all := 0, gpu.Bytes(0)
	for i, digest := range got {
		all += t.pieces[i].size
		if digest != want[i] {
			wrong++
		}
	}
	s.Check(name, wrong == 0, "%d of %d digests differ from the processor's, over %s", wrong, len(got), all)
	return nil
}

// proofs lets the kernel that proves scrubs look for single bits.
func proofs(s *session, b *bed, x *region) error {
	f, err := b.load(kernels.Nonzero)
	if err != nil {
		return err
	}
	flag, err := b.region(b.unit)
	if err != nil {
		return err
	}
	if err := x.fill(0); err != nil {
		return err
	}
	var d dice
	wrong, cases := 0, s.fewer(500, 50)
	for range cases {
		at := d.below(uint64(x.size))
		one := []byte{byte(1 << d.below(8))}
		first, last := d.below(at+1), at+d.below(uint64(x.size)-at)
		if err := b.upload(x.at(gpu.Bytes(at)), one); err != nil {
			return err
		}
		for _, part := range []struct {
			from, to uint64
			dirty    bool
		}{{first, last + 1, true}, {first, at, false}, {at + 1, last + 1, false}} {
			if part.from >= part.to {
				continue
			}
			dirty, err := b.nonzero(f, x.at(gpu.Bytes(part.from)), gpu.Bytes(part.to-part.from), flag.base)
			if err != nil {
				return err
			}
			if dirty != part.dirty {
				wrong++
			}
		}
		if err := b.upload(x.at(gpu.Bytes(at)), []byte{0}); err != nil {
			return err
		}
	}
	s.Check(kernels.Nonzero, wrong == 0, "%d wrong answers about %d single bits", wrong, cases)
	return errors.CombineErrors(d.err, flag.free())
}

// memoryTest tests memory, and lets the test find a word that was changed.
func memoryTest(s *session, b *bed, x *region) error {
	f, err := b.load(kernels.Memtest)
	if err != nil {
		return err
	}
	count, err := b.region(b.unit)
	if err != nil {
		return err
	}
	var d dice
	seed := d.below(1 << 62)
	changed := d.below(uint64(x.size)/8) * 8
	var results [2]uint64
	for i := range results {
		if err := b.setWord(count.base, 0); err != nil {
			return err
		}
		for step := kernels.MemtestWrite; step <= kernels.MemtestClear; step++ {
			if err := b.memtest(f, x.base, x.size, seed, step, count.base); err != nil {
				return err
			}
			if i == 1 && step == kernels.MemtestWrite {
				if err := flipWord(b, x.at(gpu.Bytes(changed))); err != nil {
					return err
				}
			}
		}
		if results[i], err = b.word(count.base); err != nil {
			return err
		}
	}
	s.Check(kernels.Memtest, results == [2]uint64{0, 1}, "%d wrong words in %s, and %d after one was changed", results[0], x.size, results[1])
	return errors.CombineErrors(d.err, count.free())
}

// flipWord inverts one bit.
func flipWord(b *bed, at driver.Ptr) error {
	word, err := b.word(at)
	if err != nil {
		return err
	}
	return b.setWord(at, word^1<<(bits.OnesCount64(word)%64))
}
