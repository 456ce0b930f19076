package verity_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"runtime"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// at is an io.ReaderAt made of a function.
type at func(p []byte, off int64) (int, error)

func (f at) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// endless claims that every read succeeds below limit.
func endless(limit int64) at {
	return func(p []byte, off int64) (int, error) {
		if off >= limit {
			return 0, io.EOF
		}
		clear(p)
		return len(p), nil
	}
}

func TestSourceFailures(t *testing.T) {
	broken := errors.New("broken")
	const size = 3 << 20
	data := pattern(size)
	within := func(f func(p []byte, off int64) (int, error)) at {
		return func(p []byte, off int64) (int, error) {
			if off == 2<<20 {
				return f(p, off)
			}
			return bytes.NewReader(data).ReadAt(p, off)
		}
	}
	tests := []struct {
		name string
		r    io.ReaderAt
		size uint64
		want error
	}{
		{"shorter", bytes.NewReader(data), size + 1, verity.ErrTooShort},
		{"much shorter", bytes.NewReader(data), 1 << 40, verity.ErrTooShort},
		{"empty instead of one byte", bytes.NewReader(nil), 1, verity.ErrTooShort},
		{"longer", bytes.NewReader(data), size - 1, verity.ErrTooLong},
		{"one byte instead of none", bytes.NewReader([]byte{1}), 0, verity.ErrTooLong},
		{"too large", bytes.NewReader(data), math.MaxInt64 + 1, verity.ErrTooLarge},
		{"largest", bytes.NewReader(data), math.MaxUint64, verity.ErrTooLarge},
		{"error in the middle", within(func([]byte, int64) (int, error) { return 5, broken }), size, broken},
		{"silence", within(func([]byte, int64) (int, error) { return 0, nil }), size, verity.ErrReader},
		{"too much", within(func(p []byte, _ int64) (int, error) { return len(p) + 1, nil }), size, verity.ErrReader},
		{"negative", within(func([]byte, int64) (int, error) { return -1, nil }), size, verity.ErrReader},
		{"panic", within(func([]byte, int64) (int, error) { panic("secret bytes") }), size, verity.ErrReader},
		{"goexit", within(func([]byte, int64) (int, error) { runtime.Goexit(); return 0, nil }), size, verity.ErrReader},
		{"error at the end", at(func([]byte, int64) (int, error) { return 0, broken }), 0, broken},
		{"silence at the end", at(func([]byte, int64) (int, error) { return 0, nil }), 0, verity.ErrReader},
	}
	for _, tt := range tests {
		for _, threads := range []int{0, 1, 2, 5} {
			synctest.Test(t, func(t *testing.T) { // reports a goroutine that stays behind
				d, err := verity.DigestReaderAt(t.Context(), tt.r, tt.size, verity.Options{Threads: threads})
				if !errors.Is(err, tt.want) || !d.IsZero() {
					t.Errorf("%s, %d threads: %v, %v, want %v", tt.name, threads, d, err, tt.want)
				}
			})
		}
	}
}

// TestGrowsWhileRead has a source that is as long as stated when the pass
// begins and longer when it ends.
func TestGrowsWhileRead(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}()
	const size = 2 << 20
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
	grow := func(uint64) {
		if err := file.Truncate(size + 1); err != nil {
			t.Error(err)
		}
	}
	_, err = verity.DigestReaderAt(t.Context(), file, size, verity.Options{Progress: grow})
	if !errors.Is(err, verity.ErrTooLong) {
		t.Errorf("a file that grew: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for _, threads := range []int{-1, 65} {
		_, err := verity.DigestReaderAt(t.Context(), bytes.NewReader(nil), 0, verity.Options{Threads: threads})
		if !errors.Is(err, verity.ErrBadOptions) {
			t.Errorf("%d threads: %v", threads, err)
		}
	}
	if _, err := verity.TreeReaderAt(t.Context(), bytes.NewReader(nil), 0, -1, verity.Options{}); !errors.Is(err, verity.ErrBadOptions) {
		t.Errorf("level -1: %v", err)
	}
	for _, size := range []int{0, 1, 524288, 524289, 5 << 20} {
		var reports []uint64
		o := verity.Options{Progress: func(n uint64) { reports = append(reports, n) }}
		if _, err := verity.DigestReaderAt(t.Context(), bytes.NewReader(pattern(size)), uint64(size), o); err != nil {
			t.Fatal(err)
		}
		last := uint64(0)
		for _, n := range reports {
			if n < last {
				t.Errorf("%d bytes: progress went back from %d to %d", size, last, n)
			}
			last = n
		}
		if len(reports) == 0 || last != uint64(size) {
			t.Errorf("%d bytes: progress ended at %d after %d reports", size, last, len(reports))
		}
	}
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		o := verity.Options{Threads: 2, Progress: func(uint64) { cancel() }}
		_, err := verity.DigestReaderAt(ctx, endless(1<<40), 1<<40, o)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("DigestReaderAt: %v", err)
		}
		_, _, err = verity.DigestReader(ctx, bytes.NewReader(nil), verity.Options{})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("DigestReader: %v", err)
		}
	})
}

// TestProgressPanics checks that the workers end when the caller is unwound.
func TestProgressPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("the panic of the callback was swallowed")
			}
		}()
		o := verity.Options{Threads: 3, Progress: func(uint64) { panic("stop") }}
		_, err := verity.DigestReaderAt(t.Context(), endless(1<<30), 1<<30, o)
		t.Errorf("returned %v", err)
	})
}

type badReader int

func (n badReader) Read([]byte) (int, error) { return int(n), nil }

func TestDigestReader(t *testing.T) {
	data := pattern(700001)
	want := verity.Sum(data)
	for name, r := range map[string]io.Reader{
		"one byte":     iotest.OneByteReader(bytes.NewReader(data)),
		"half":         iotest.HalfReader(bytes.NewReader(data)),
		"data and EOF": iotest.DataErrReader(bytes.NewReader(data)),
	} {
		d, n, err := verity.DigestReader(t.Context(), r, verity.Options{})
		if err != nil || d != want || n != 700001 {
			t.Errorf("%s: %v, %d, %v", name, d, n, err)
		}
	}
	for name, tt := range map[string]struct {
		r    io.Reader
		want error
	}{
		"error":    {iotest.TimeoutReader(bytes.NewReader(data)), iotest.ErrTimeout},
		"silence":  {badReader(0), io.ErrNoProgress},
		"negative": {badReader(-1), verity.ErrReader},
		"too much": {badReader(1 << 30), verity.ErrReader},
	} {
		if d, _, err := verity.DigestReader(t.Context(), tt.r, verity.Options{}); !errors.Is(err, tt.want) || !d.IsZero() {
			t.Errorf("%s: %v, %v, want %v", name, d, err, tt.want)
		}
	}
}
