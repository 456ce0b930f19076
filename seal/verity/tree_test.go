package verity_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/vram-engine/vram-engine/seal/verity"
)

func treeOf(t *testing.T, data []byte, level int) *verity.Tree {
	t.Helper()
	tree, err := verity.TreeReaderAt(t.Context(), bytes.NewReader(data), uint64(len(data)), level, verity.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTree(t *testing.T) {
	for _, size := range []int{0, 1, 4096, 4097, 524288, 524289, 1 << 20, 3<<20 + 5, 64<<20 + 1} {
		data := pattern(size)
		want := verity.Sum(data)
		for level := range 5 {
			tree := treeOf(t, data, level)
			if got := tree.Digest(); got != want {
				t.Errorf("%d bytes, level %d: %v, want %v", size, level, got, want)
			}
			if top := max(verity.Levels(uint64(size))-1, 0); tree.Level() != min(level, top) || tree.Size() != uint64(size) {
				t.Errorf("%d bytes, level %d: the tree says level %d, size %d", size, level, tree.Level(), tree.Size())
			}
			h, err := verity.NewTreeHasher(level)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Write(data); err != nil {
				t.Fatal(err)
			}
			streamed, err := h.Tree()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(streamed.AppendHashes(nil), tree.AppendHashes(nil)) || streamed.Level() != tree.Level() {
				t.Errorf("%d bytes, level %d: Hasher and TreeReaderAt keep different hashes", size, level)
			}
		}
	}
}

func TestNewTreeRefuses(t *testing.T) {
	tests := []struct {
		name  string
		size  uint64
		level int
		bytes int
	}{
		{"no leaves", 1, 0, 0},
		{"half a hash", 1, 0, 16},
		{"one too many", 4096, 0, 64},
		{"negative level", 4096, -1, 32},
		{"level above the root", 4096, 1, 32},
		{"level without hashes", 4096, 1, 0},
		{"hashes of nothing", 0, 0, 32},
		{"level of nothing", 0, 1, 0},
	}
	for _, tt := range tests {
		if _, err := verity.NewTree(tt.size, tt.level, make([]byte, tt.bytes)); !errors.Is(err, verity.ErrBadTree) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := verity.DigestLeaves(4097, make([]byte, 32)); !errors.Is(err, verity.ErrBadTree) {
		t.Errorf("DigestLeaves: %v", err)
	}
	if _, err := verity.NewTreeHasher(-1); !errors.Is(err, verity.ErrBadOptions) {
		t.Errorf("NewTreeHasher(-1): %v", err)
	}
	if _, err := verity.NewHasher().Tree(); !errors.Is(err, verity.ErrBadOptions) {
		t.Errorf("Tree of a hasher that keeps nothing: %v", err)
	}
}

func TestFirstDifference(t *testing.T) {
	const size = 3<<20 + 5
	data := pattern(size)
	for _, level := range []int{0, 1, 2} {
		good := treeOf(t, data, level)
		if r, differs, err := verity.FirstDifference(good, treeOf(t, data, level)); err != nil || differs {
			t.Errorf("level %d, same data: %v, %v, %v", level, r, differs, err)
		}
		for _, at := range []int{0, 4095, 4096, 524287, 524288, 1 << 20, 2<<20 + 12345, 3 << 20, size - 1} {
			flipped := bytes.Clone(data)
			flipped[at] ^= 0x10
			flipped[size-1] ^= 0x01 // a second, later difference
			r, differs, err := verity.FirstDifference(good, treeOf(t, flipped, level))
			if err != nil || !differs {
				t.Fatalf("level %d, byte %d: %v, %v, %v", level, at, r, differs, err)
			}
			span := []uint64{1, 128, 769}[level]
			block := uint64(at / verity.BlockSize)
			want := verity.BlockRange{First: block / span * span, Count: span}
			want.Count = min(span, 769-want.First)
			if r != want {
				t.Errorf("level %d, byte %d: %v, want %v", level, at, r, want)
			}
		}
	}
	if _, _, err := verity.FirstDifference(treeOf(t, data, 0), treeOf(t, data, 1)); !errors.Is(err, verity.ErrBadTree) {
		t.Errorf("levels 0 and 1: %v", err)
	}
	if _, _, err := verity.FirstDifference(treeOf(t, data, 0), treeOf(t, data[1:], 0)); !errors.Is(err, verity.ErrBadTree) {
		t.Errorf("unlike sizes: %v", err)
	}
}
