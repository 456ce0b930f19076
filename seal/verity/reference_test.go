package verity_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// naive is the digest written down as the format says it, with everything in
// memory and no code shared with the package.
func naive(data []byte) [32]byte {
	root := make([]byte, 32)
	if len(data) > 0 {
		root = naiveLevel(data)
		for len(root) > 32 {
			root = naiveLevel(root)
		}
	}
	descriptor := make([]byte, 256)
	descriptor[0], descriptor[1], descriptor[2] = 1, 1, 12
	binary.LittleEndian.PutUint64(descriptor[8:], uint64(len(data)))
	copy(descriptor[16:], root)
	return sha256.Sum256(descriptor)
}

func naiveLevel(data []byte) []byte {
	padded := bytes.Clone(data)
	for len(padded)%4096 != 0 {
		padded = append(padded, 0)
	}
	var hashes []byte
	for i := 0; i < len(padded); i += 4096 {
		h := sha256.Sum256(padded[i : i+4096])
		hashes = append(hashes, h[:]...)
	}
	return hashes
}

// random returns a source of numbers whose seed a failure prints.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

func randomBytes(r *rand.Rand, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func TestAgainstTheReference(t *testing.T) {
	r := random(t)
	for range 60 {
		size := r.IntN(1 << (r.IntN(21) + 1))
		data := randomBytes(r, size)
		want := verity.Digest(naive(data))
		if got := verity.Sum(data); got != want {
			t.Fatalf("Sum of %d bytes = %v, want %v", size, got, want)
		}
		h := verity.NewHasher()
		for rest := data; len(rest) > 0; {
			n := min(len(rest), r.IntN(3*verity.BlockSize)+1)
			if _, err := h.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
			if r.IntN(8) == 0 && h.Sum() != verity.Sum(data[:len(data)-len(rest)]) {
				t.Fatalf("Sum in the middle of %d bytes is wrong", size)
			}
		}
		if got := h.Sum(); got != want {
			t.Fatalf("Hasher over %d bytes = %v, want %v", size, got, want)
		}
		got, err := verity.DigestLeaves(uint64(size), verity.HashBlocks(nil, data))
		if err != nil || got != want {
			t.Fatalf("DigestLeaves of %d bytes = %v, %v, want %v", size, got, err, want)
		}
		for _, threads := range []int{1, 2, 3, 7} {
			got, err := verity.DigestReaderAt(t.Context(), bytes.NewReader(data), uint64(size), verity.Options{Threads: threads})
			if err != nil || got != want {
				t.Fatalf("%d threads over %d bytes = %v, %v, want %v", threads, size, got, err, want)
			}
		}
	}
}

func TestHasherReset(t *testing.T) {
	h, err := verity.NewTreeHasher(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{700000, 0, 5000, 524288, 1} {
		h.Reset()
		data := pattern(size)
		if _, err := h.Write(data); err != nil {
			t.Fatal(err)
		}
		tree, err := h.Tree()
		if err != nil {
			t.Fatal(err)
		}
		if want := verity.Sum(data); h.Sum() != want || tree.Digest() != want || h.Size() != uint64(size) {
			t.Errorf("%d bytes after Reset: %v, tree %v, want %v", size, h.Sum(), tree.Digest(), want)
		}
	}
}

func TestHashBlocksFillsInPlace(t *testing.T) {
	data := pattern(3*verity.BlockSize + 1)
	leaves := make([]byte, 6*verity.HashSize)
	got := verity.HashBlocks(leaves[32:32:5*32], data)
	if !bytes.Equal(got, naiveLevel(data)) {
		t.Error("wrong hashes")
	}
	if !bytes.Equal(leaves[32:5*32], got) {
		t.Error("the hashes were not put where there was room for them")
	}
	if !bytes.Equal(leaves[:32], make([]byte, 32)) || !bytes.Equal(leaves[5*32:], make([]byte, 32)) {
		t.Error("bytes outside were changed")
	}
	if got := verity.HashBlocks([]byte("kept"), nil); string(got) != "kept" {
		t.Errorf("no data gave %q", got)
	}
}

func TestNoAllocationPerBlock(t *testing.T) {
	data := pattern(64*verity.BlockSize + 5)
	dst := make([]byte, 0, 65*verity.HashSize)
	if n := testing.AllocsPerRun(20, func() { dst = verity.HashBlocks(dst[:0], data) }); n != 0 {
		t.Errorf("HashBlocks allocates %v times", n)
	}
	h := verity.NewHasher()
	if _, err := h.Write(pattern(1 << 20)); err != nil { // all levels that are needed
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() {
		h.Reset()
		if _, err := h.Write(data); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("Hasher.Write allocates %v times", n)
	}
}
