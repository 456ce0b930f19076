package gobench

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// random are bytes that are the same in every run.
func random(b *testing.B, n int) []byte {
	b.Helper()
	p := make([]byte, n)
	if _, err := rand.NewChaCha8([32]byte{1}).Read(p); err != nil {
		b.Fatal(err)
	}
	return p
}

func size(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%dMiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%dKiB", n>>10)
	}
	return fmt.Sprint(n)
}

var sizes = []int{4 << 10, 64 << 10, 1 << 20, 64 << 20}

func BenchmarkSum(b *testing.B) {
	for _, n := range sizes {
		data := random(b, n)
		b.Run("size="+size(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				verity.Sum(data)
			}
		})
	}
}

func BenchmarkHashBlocks(b *testing.B) {
	for _, n := range []int{4 << 10, 64 << 10, 1 << 20} {
		data := random(b, n)
		leaves := make([]byte, 0, n/verity.HashesPerBlock)
		b.Run("size="+size(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				verity.HashBlocks(leaves, data)
			}
		})
	}
}

func BenchmarkDigestReaderAt(b *testing.B) {
	data := random(b, 64<<20)
	for _, threads := range []int{1, 0} {
		name := fmt.Sprintf("threads=%d", threads)
		if threads == 0 {
			name = "threads=all"
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verity.DigestReaderAt(b.Context(), bytes.NewReader(data), uint64(len(data)), verity.Options{Threads: threads}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStandardLibrary is what the others are compared with.
func BenchmarkStandardLibrary(b *testing.B) {
	for _, n := range []int{4 << 10, 1 << 20} {
		data := random(b, n)
		b.Run("sha256/size="+size(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				sha256.Sum256(data)
			}
		})
	}
}
