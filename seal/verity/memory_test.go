package verity_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/vram-engine/vram-engine/seal/verity"
)

func TestDigestMemory(t *testing.T) {
	all := pattern(40<<20 + 5)
	for _, size := range []int{0, 1, 4096, 4097, 524288, 524289, 1 << 20, 8<<20 + 1, len(all)} {
		data := all[:size]
		for _, threads := range []int{0, 1, 2, 7} {
			synctest.Test(t, func(t *testing.T) {
				last := uint64(1)
				o := verity.Options{Threads: threads, Progress: func(n uint64) { last = n }}
				got, err := verity.DigestMemory(t.Context(), data, o)
				if err != nil || got != verity.Sum(data) || last != uint64(size) {
					t.Errorf("%d bytes, %d threads: %v, %v, progress ended at %d", size, threads, got, err, last)
				}
			})
		}
	}
	if _, err := verity.DigestMemory(t.Context(), all, verity.Options{Threads: 65}); !errors.Is(err, verity.ErrBadOptions) {
		t.Errorf("65 threads: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, size := range []int{1, len(all)} {
		if d, err := verity.DigestMemory(ended, all[:size], verity.Options{}); !errors.Is(err, context.Canceled) || !d.IsZero() {
			t.Errorf("%d bytes after the end of the context: %v, %v", size, d, err)
		}
	}
}

// TestAllocationsDoNotGrow checks that nothing is allocated for a block or a
// chunk: 32 times the bytes cost no more allocations. The pools may lose
// memory to a collection, hence the margin.
func TestAllocationsDoNotGrow(t *testing.T) {
	data := pattern(32 << 20)
	for name, digest := range map[string]func(data []byte, o verity.Options) error{
		"reader at": func(data []byte, o verity.Options) error {
			_, err := verity.DigestReaderAt(t.Context(), bytes.NewReader(data), uint64(len(data)), o)
			return err
		},
		"memory": func(data []byte, o verity.Options) error {
			_, err := verity.DigestMemory(t.Context(), data, o)
			return err
		},
		"stream": func(data []byte, o verity.Options) error {
			_, _, err := verity.DigestReader(t.Context(), bytes.NewReader(data), o)
			return err
		},
	} {
		for _, threads := range []int{1, 3} {
			count := func(size int) float64 {
				return testing.AllocsPerRun(5, func() {
					if err := digest(data[:size], verity.Options{Threads: threads}); err != nil {
						t.Error(err)
					}
				})
			}
			small, large := count(len(data)/32), count(len(data))
			if large > small+20 {
				t.Errorf("%s, %d threads: %v allocations for %d bytes, %v for %d", name, threads, small, len(data)/32, large, len(data))
			}
			t.Logf("%s, %d threads: %v and %v allocations", name, threads, small, large)
		}
	}
}
