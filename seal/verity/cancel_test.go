package verity

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// cancelled is a source that ends a context at its nth piece and counts the
// bytes that it is asked for afterwards.
type cancelled struct {
	source
	at     int64
	cancel func()
	pieces atomic.Int64
	over   atomic.Bool
	after  atomic.Int64
}

func (c *cancelled) piece(w *workspace, start, length uint64) ([]byte, error) {
	if c.pieces.Add(1) == c.at {
		c.cancel()
		c.over.Store(true)
		return c.source.piece(w, start, length)
	}
	over := c.over.Load()
	p, err := c.source.piece(w, start, length)
	if over {
		c.after.Add(int64(len(p)))
	}
	return p, err
}

// zeros is an io.ReaderAt of so many zero bytes.
type zeros int64

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	n := max(0, min(int64(len(p)), int64(z)-off))
	clear(p[:n])
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

// TestCancelledPassReadsNoMore counts what is read and hashed after the end of
// the context: at most one piece by each thread, which had looked at the
// context just before, and none by the one that ended it.
func TestCancelledPassReadsNoMore(t *testing.T) {
	const size = 64 << 20
	for name, tt := range map[string]struct {
		source source
		piece  int64
	}{
		"reader": {reader{zeros(size)}, readSize},
		"memory": {memory(make([]byte, size)), chunkSize},
	} {
		for _, threads := range []int{1, 2, 8} {
			for _, at := range []int64{1, 2, 20} {
				synctest.Test(t, func(t *testing.T) { // reports a goroutine that stays behind
					ctx, cancel := context.WithCancel(t.Context())
					s := &cancelled{source: tt.source, at: at, cancel: cancel}
					_, err := scan(ctx, s, size, noLevel, Options{Threads: threads})
					if !errors.Is(err, context.Canceled) {
						t.Fatalf("%s, %d threads: %v", name, threads, err)
					}
					if after, most := s.after.Load(), int64(threads-1)*tt.piece; after > most {
						t.Errorf("%s, %d threads: %d bytes after the end, at most %d are allowed", name, threads, after, most)
					}
				})
			}
		}
	}
}

// endingReader ends a context at its nth read, and fails the test at the next.
type endingReader struct {
	t      *testing.T
	n, at  int
	cancel func()
}

func (r *endingReader) Read(p []byte) (int, error) {
	r.n++
	if r.n == r.at {
		r.cancel()
	}
	if r.n > r.at {
		r.t.Error("a read began after the end of the context")
	}
	return min(len(p), 1000), nil
}

func TestCancelledStreamReadsNoMore(t *testing.T) {
	for _, threads := range []int{1, 2, 8} {
		for _, at := range []int{1, 2, 300, 10000} { // in the first chunk, and in later ones
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				r := &endingReader{t: t, at: at, cancel: cancel}
				_, _, err := DigestReader(ctx, r, Options{Threads: threads})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%d threads, read %d: %v", threads, at, err)
				}
			})
		}
	}
}

// TestStreamThreads checks that chunks that others hash come together in
// order, near the borders of chunks.
func TestStreamThreads(t *testing.T) {
	for _, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 2*chunkSize - 4096, 2 * chunkSize, 20*chunkSize + 5} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i ^ i>>8 ^ i>>16)
		}
		for _, threads := range []int{1, 2, 3, 8, 64} {
			synctest.Test(t, func(t *testing.T) {
				var reports []uint64
				o := Options{Threads: threads, Progress: func(n uint64) { reports = append(reports, n) }}
				got, n, err := DigestReader(t.Context(), bytes.NewReader(data), o)
				if err != nil || got != Sum(data) || n != uint64(size) {
					t.Errorf("%d bytes, %d threads: %v, %d, %v", size, threads, got, n, err)
				}
				if !slices.IsSorted(reports) || len(reports) == 0 || reports[len(reports)-1] != uint64(size) {
					t.Errorf("%d bytes, %d threads: progress %v", size, threads, reports)
				}
			})
		}
	}
}

// sparse makes a file of size bytes that takes no room on the disk.
func sparse(t testing.TB, size int64) *os.File {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestHugeSparseFile begins to digest 100 GB, sees progress, and gives up.
func TestHugeSparseFile(t *testing.T) {
	const size = 100e9
	file := sparse(t, size)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reports := 0
	o := Options{Progress: func(done uint64) {
		if reports++; reports == 5 {
			cancel()
		}
		if done == 0 || done > size/100 {
			t.Errorf("report %d tells %d bytes", reports, done)
		}
	}}
	if _, err := DigestReaderAt(ctx, file, size, o); !errors.Is(err, context.Canceled) || reports != 5 {
		t.Errorf("%v after %d reports", err, reports)
	}
}

// TestShrinksWhileRead has a file that is cut shorter during the pass.
func TestShrinksWhileRead(t *testing.T) {
	const size = 256 << 20
	file := sparse(t, size)
	o := Options{Threads: 2, Progress: func(uint64) {
		if err := file.Truncate(size/2 + 1); err != nil {
			t.Error(err)
		}
	}}
	if _, err := DigestReaderAt(t.Context(), file, size, o); !errors.Is(err, ErrTooShort) {
		t.Errorf("a file that shrank: %v", err)
	}
}

// BenchmarkCancel tells how long after the end of its context a pass over a
// file returns.
func BenchmarkCancel(b *testing.B) {
	const size = 100e9
	file := sparse(b, size)
	var waits []time.Duration
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		var ended time.Time
		reports := 0
		o := Options{Progress: func(uint64) {
			if reports++; reports == 3 {
				ended = time.Now()
				cancel()
			}
		}}
		if _, err := DigestReaderAt(ctx, file, size, o); !errors.Is(err, context.Canceled) {
			b.Fatal(err)
		}
		waits = append(waits, time.Since(ended))
	}
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds()), "µs/median")
	b.ReportMetric(float64(waits[len(waits)-1].Microseconds()), "µs/worst")
}
