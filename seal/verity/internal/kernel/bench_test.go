package kernel

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// BenchmarkInterleaved compares all methods in one run: in every round each one
// hashes the same number of bytes, and what is reported are medians of the
// rounds: bytes for a second of this thread's processor time, and the ratio to
// crypto/sha256 for each leaf. Other load on the machine disturbs the rates,
// and hardly the ratios.
//
//	go test -run '^$' -bench Interleaved -benchtime 100x -v
func BenchmarkInterleaved(b *testing.B) {
	b.Run("cache", func(b *testing.B) {
		data := make([]byte, 256<<10) // in the second-level cache
		for i := range data {
			data[i] = byte(i * 7) // unwritten pages are all one page of zeros
		}
		compare(b, data)
	})
	b.Run("pagecache", func(b *testing.B) {
		compare(b, mappedFile(b, 256<<20))
	})
}

// mappedFile is a file in the page cache, all of whose pages are mapped.
func mappedFile(b *testing.B, size int) []byte {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "data"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	piece := make([]byte, 1<<20)
	for i := range piece {
		piece[i] = byte(i * 7)
	}
	for range size / len(piece) {
		if _, err := f.Write(piece); err != nil {
			b.Fatal(err)
		}
	}
	data, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { unix.Munmap(data) })
	return data
}

// sliceBytes is what a method hashes in a round.
const sliceBytes = 4 << 20

func compare(b *testing.B, data []byte) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	at := 0
	next := func() *Leaf {
		leaf := (*Leaf)(data[at:])
		if at += LeafSize; at == len(data) {
			at = 0
		}
		return leaf
	}
	methods := Available()
	rates := make([][]float64, len(methods))
	cycles := make([][]float64, len(methods))
	for b.Loop() {
		for i, m := range methods {
			before := clock()
			start := processorTime(b)
			run(Plan{method: m}, next)
			took := processorTime(b) - start
			hertz := (before + clock()) / 2
			rates[i] = append(rates[i], sliceBytes/float64(took))
			cycles[i] = append(cycles[i], float64(took)*hertz/sliceBytes)
		}
	}
	b.ReportMetric(0, "ns/op")
	var standard float64
	for i, m := range methods {
		slices.Sort(rates[i])
		slices.Sort(cycles[i])
		rate := rates[i][len(rates[i])/2]
		if m == Standard {
			standard = rate
		}
		b.ReportMetric(rate/standard, m.Forced()+"-x")
		b.Logf("%-14s %5.2f GB/s (p10 %.2f, p90 %.2f)  %.2f x crypto/sha256  %.3f cycles/byte",
			m, rate, rates[i][len(rates[i])/10], rates[i][len(rates[i])*9/10], rate/standard, cycles[i][len(cycles[i])/2])
	}
}

// run hashes sliceBytes as package verity does.
func run(plan Plan, next func() *Leaf) {
	var sums [MaxLanes]Sum
	if plan.Method() == Standard {
		for range sliceBytes / LeafSize {
			sums[0] = sha256.Sum256(next()[:])
		}
		return
	}
	var groups [2][MaxLanes]*Leaf
	fill := func(g int) {
		for i := range plan.Method().Lanes() {
			groups[g][i] = next()
		}
	}
	fill(0)
	for g := range sliceBytes / LeafSize / plan.Method().Lanes() {
		fill(1 - g%2)
		plan.Hash(&sums, &groups[g%2], &groups[1-g%2], MaxLanes)
	}
}

// processorTime is how long this thread ran, in nanoseconds.
func processorTime(b *testing.B) int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		b.Fatal(err)
	}
	return ts.Nano()
}

var product uint64 // keeps the multiplications

// clock is the number of cycles in a nanosecond, from multiplications that wait
// for each other and take three cycles each on amd64.
func clock() float64 {
	var before, after unix.Timespec
	x, y := product|1, product|3
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &before) != nil {
		return 0
	}
	for range 2000 {
		x *= y
		x *= y
		x *= y
		x *= y
		x *= y
		x *= y
		x *= y
		x *= y
	}
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &after) != nil {
		return 0
	}
	product = x
	return 3 * 8 * 2000 / float64(after.Nano()-before.Nano())
}
