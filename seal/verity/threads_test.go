package verity

import (
	"slices"
	"testing"
)

func TestDefaultThreads(t *testing.T) {
	for processors, want := range map[int]int{-1: 1, 0: 1, 1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 5, 8: 7, 64: 63, 65: 64, 66: 64, 1024: 64} {
		if got := defaultThreads(processors); got != want {
			t.Errorf("%d processors: %d threads, want %d", processors, got, want)
		}
	}
}

func TestThreadsOfOptions(t *testing.T) {
	for _, tt := range []struct {
		threads int
		chunks  uint64
		want    int
	}{
		{1, 0, 1}, {1, 100, 1}, {7, 3, 3}, {7, 7, 7}, {7, 1 << 60, 7}, {64, 1 << 60, 64}, {0, 0, 1}, {0, 1, 1},
	} {
		if got, err := (Options{Threads: tt.threads}).threads(tt.chunks); err != nil || got != tt.want {
			t.Errorf("%d threads for %d chunks: %d, %v, want %d", tt.threads, tt.chunks, got, err, tt.want)
		}
	}
}

// TestSpans checks that the spans are as long as the lanes want, and short
// enough that every worker has several.
func TestSpans(t *testing.T) {
	for _, size := range []uint64{chunkSize + 1, 8 << 20, 64 << 20, 1 << 30, 80 << 30, 1 << 62} {
		for _, threads := range []int{1, 2, 7, 64} {
			span := spanOf(size, threads)
			if span < 1 || span > maxSpan {
				t.Fatalf("%d bytes, %d threads: %d chunks", size, threads, span)
			}
			spans := groups(size, span*chunkSize)
			if span > 1 && spans < uint64(8*threads) {
				t.Errorf("%d bytes, %d threads: only %d spans of %d chunks", size, threads, spans, span)
			}
			if span < maxSpan && spans > uint64(17*threads) {
				t.Errorf("%d bytes, %d threads: %d spans of %d chunks", size, threads, spans, span)
			}
		}
	}
}

// TestWorkspacesAreCleared checks that nothing of what was read is in working
// memory that is given back.
func TestWorkspacesAreCleared(t *testing.T) {
	w := newWorkspace()
	for _, n := range []uint64{1, 100, readSize, 1 << 40} {
		for i := range w.room(n) {
			w.buf[i] = 1
		}
	}
	buf := w.buf
	w.release()
	if slices.Max(buf) != 0 {
		t.Error("a workspace was given back with what was read")
	}
}
