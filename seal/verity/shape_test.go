package verity_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/seal/verity"
)

func TestShape(t *testing.T) {
	tests := []struct {
		size, blocks uint64
		levels       int
		level1       uint64
		last         int
	}{
		{0, 0, 0, 0, 0},
		{1, 1, 1, 0, 1},
		{4096, 1, 1, 0, 4096},
		{4097, 2, 2, 1, 1},
		{524288, 128, 2, 1, 4096},
		{524289, 129, 3, 2, 1},
		{64 << 20, 16384, 3, 128, 4096},
		{64<<20 + 1, 16385, 4, 129, 1},
		{math.MaxUint64, 1 << 52, 9, 1 << 45, 4095},
	}
	for _, tt := range tests {
		if got := verity.Blocks(tt.size); got != tt.blocks {
			t.Errorf("Blocks(%d) = %d, want %d", tt.size, got, tt.blocks)
		}
		if got := verity.Levels(tt.size); got != tt.levels {
			t.Errorf("Levels(%d) = %d, want %d", tt.size, got, tt.levels)
		}
		if got := verity.LevelHashes(tt.size, 0); got != tt.blocks {
			t.Errorf("LevelHashes(%d, 0) = %d, want %d", tt.size, got, tt.blocks)
		}
		if got := verity.LevelHashes(tt.size, 1); got != tt.level1 {
			t.Errorf("LevelHashes(%d, 1) = %d, want %d", tt.size, got, tt.level1)
		}
		if top := verity.LevelHashes(tt.size, tt.levels-1); tt.levels > 0 && top != 1 {
			t.Errorf("the top of %d bytes has %d hashes", tt.size, top)
		}
		for _, level := range []int{-1, tt.levels} {
			if got := verity.LevelHashes(tt.size, level); got != 0 {
				t.Errorf("LevelHashes(%d, %d) = %d, want 0", tt.size, level, got)
			}
		}
		if got := verity.BlockLength(tt.size, tt.blocks-1); got != tt.last {
			t.Errorf("BlockLength(%d, last) = %d, want %d", tt.size, got, tt.last)
		}
		if got := verity.BlockLength(tt.size, tt.blocks); got != 0 {
			t.Errorf("BlockLength(%d, behind the last) = %d, want 0", tt.size, got)
		}
	}
	if n, ok := verity.LevelBytes(4097, 0); n != 64 || !ok {
		t.Errorf("LevelBytes(4097, 0) = %d, %v", n, ok)
	}
}

func TestParseDigest(t *testing.T) {
	const hex64 = "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95"
	for _, s := range []string{hex64, "sha256:" + hex64} {
		d, err := verity.ParseDigest(s)
		if err != nil || d.String() != hex64 || d.Text() != "sha256:"+hex64 {
			t.Errorf("%q: %v, %v", s, d, err)
		}
	}
	bad := map[string]string{
		"empty":            "",
		"prefix only":      "sha256:",
		"63 digits":        hex64[1:],
		"65 digits":        hex64 + "0",
		"upper case":       strings.ToUpper(hex64),
		"one upper case":   strings.Replace(hex64, "d", "D", 1),
		"no hex":           strings.Replace(hex64, "3", "g", 1),
		"two prefixes":     "sha256:sha256:" + hex64,
		"upper prefix":     "SHA256:" + hex64,
		"other prefix":     "sha512:" + hex64,
		"space in front":   " " + hex64,
		"newline behind":   hex64 + "\n",
		"NUL inside":       "\x00" + hex64[1:],
		"full-width digit": "３" + hex64[3:],
	}
	for name, s := range bad {
		if d, err := verity.ParseDigest(s); !errors.Is(err, verity.ErrBadDigest) || !d.IsZero() {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
	var d verity.Digest
	if err := d.UnmarshalText([]byte("sha256:" + hex64)); !errors.Is(err, verity.ErrBadDigest) || !d.IsZero() {
		t.Errorf("UnmarshalText with a prefix: %v, %v", d, err)
	}
	if err := d.UnmarshalText([]byte(hex64)); err != nil {
		t.Fatal(err)
	}
	if text, err := d.MarshalText(); err != nil || string(text) != hex64 {
		t.Errorf("MarshalText = %q, %v", text, err)
	}
	other := d
	other[31] ^= 1
	if !d.Equal(d) || d.Equal(other) || d.IsZero() {
		t.Error("Equal or IsZero is wrong")
	}
}

func FuzzParseDigest(f *testing.F) {
	f.Add("sha256:3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95")
	f.Add("3D248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := verity.ParseDigest(s)
		if err == nil && s != d.String() && s != d.Text() {
			t.Errorf("%q parses and encodes to %q", s, d.Text())
		}
	})
}
