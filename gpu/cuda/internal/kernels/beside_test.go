package kernels_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

func TestCompareNamesTheFirstDifference(t *testing.T) {
	counts := []int{1, 2, 127, 128, 129, 1000}
	differences := [][]int{{0}, {}, {126, 0, 50}, {127}, {128}, {999, 998, 500}}
	first := []uint64{0, kernels.NoDifference, 0, 127, 128, 500}
	for _, sliced := range []bool{false, true} {
		h := newHost(t)
		var table []byte
		var all uint64
		var a, b []memory
		for i, n := range counts {
			data := random(uint64(i), 32*n)
			a = append(a, h.memory(data, "end"))
			for j, at := range differences[i] {
				data[32*at+(at*7+j*31)%32] ^= 1 << (at % 8)
			}
			b = append(b, h.memory(data, "end"))
			var err error
			if table, all, err = kernels.AppendPair(table, uint64(0), uint64(0), uint64(n), uint64(0), all); err != nil {
				t.Fatal(err)
			}
		}
		results := h.memory(bytes.Repeat([]byte{0xff}, 8*len(counts)), "end")
		m := h.memory(table, "end")
		for i := range counts {
			h.putAddress(m, 32*i, address{of: a[i]})
			h.putAddress(m, 32*i+8, address{of: b[i]})
			h.putAddress(m, 32*i+24, address{of: results, at: 8 * i})
		}
		step := all
		if sliced {
			step = 77
		}
		for at := uint64(0); at < all; at += step {
			count := min(step, all-at)
			grid, err := kernels.Grid(count)
			if err != nil {
				t.Fatal(err)
			}
			h.run(kernels.Compare, grid.X, kernels.Threads, address{of: m}, len(counts), at, count)
		}
		got := h.get(results)
		for i, want := range first {
			if r := binary.LittleEndian.Uint64(got[8*i:]); r != want {
				t.Errorf("sliced %t: pair %d of %d hashes: %d, want %d", sliced, i, counts[i], r, want)
			}
		}
	}
}

// TestNonzeroSeesEveryByte sets one byte at a time, at every alignment of
// both ends; the bytes around are never zero.
func TestNonzeroSeesEveryByte(t *testing.T) {
	h := newHost(t)
	flag := h.memory(make([]byte, 4), "end")
	lengths := []int{0, 1, 2, 7, 15, 16, 17, 31, 32, 33, 47, 48, 49, 70, 150}
	for _, grid := range [][2]uint32{{1, 1}, {3, 1}, {1, 32}} {
		for _, before := range []int{0, 1, 3, 8, 13, 15, 16} {
			for _, length := range lengths {
				around := bytes.Repeat([]byte{0xff}, before+length+1)
				clear(around[before : before+length])
				m := h.memory(around, "0")
				probe := func(want uint32) {
					t.Helper()
					h.put(flag, 0, make([]byte, 4))
					h.run(kernels.Nonzero, grid[0], grid[1], address{of: m, at: before}, length, address{of: flag})
					if got := binary.LittleEndian.Uint32(h.get(flag)); got != want {
						t.Fatalf("grid %d, %d bytes after %d: flag %d, want %d", grid, length, before, got, want)
					}
				}
				probe(0)
				for i := range length {
					h.put(m, before+i, []byte{1 << (i % 8)})
					probe(1)
					h.put(m, before+i, []byte{0})
				}
				h.say("forget %d\n", m.number)
			}
		}
	}
}

func TestNonzeroReadsNothingElse(t *testing.T) {
	h := newHost(t)
	flag := h.memory(make([]byte, 4), "end")
	for _, where := range []string{"0", "end"} {
		for length := range 140 {
			m := h.memory(make([]byte, length), where)
			h.readOnly(m)
			h.run(kernels.Nonzero, 2, 64, address{of: m}, length, address{of: flag})
			h.run(kernels.Nonzero, 1, 1, address{of: m}, length, address{of: flag})
		}
	}
	if !bytes.Equal(h.get(flag), make([]byte, 4)) {
		t.Error("zeros are not zero")
	}
}

func TestMemtestFindsWhatChanges(t *testing.T) {
	const seed = 0x1234
	for _, c := range []struct {
		words          int
		blocks         uint32
		written, later []int // words changed after the first step, and after the second
	}{
		{0, 1, nil, nil},
		{1, 1, []int{0}, nil},
		{1000, 1, nil, nil},
		{1000, 3, []int{0, 999, 500}, []int{1, 500}},
		{5000, 7, nil, []int{4999}},
	} {
		h := newHost(t)
		errors := h.memory(make([]byte, 8), "end")
		m := h.memory(random(seed, 8*c.words), "end")
		step := func(step uint32) []byte {
			h.run(kernels.Memtest, c.blocks, kernels.Threads, address{of: m}, 8*c.words, seed, step, address{of: errors})
			return h.get(m)
		}
		damage := func(now []byte, words []int) {
			for _, w := range words {
				h.put(m, 8*w+w%8, []byte{now[8*w+w%8] ^ 1<<(w%8)})
			}
		}
		pattern := step(kernels.MemtestWrite)
		for i := range c.words {
			if got, want := binary.LittleEndian.Uint64(pattern[8*i:]), splitMix(seed, uint64(i)); got != want {
				t.Fatalf("word %d of %d is %x, want %x", i, c.words, got, want)
			}
		}
		damage(pattern, c.written)
		complement := step(kernels.MemtestCheck)
		for i, b := range complement {
			if b != ^pattern[i] {
				t.Fatalf("byte %d of %d is not the complement", i, 8*c.words)
			}
		}
		damage(complement, c.later)
		if cleared := step(kernels.MemtestClear); !bytes.Equal(cleared, make([]byte, 8*c.words)) {
			t.Errorf("%d words: not all are zero after the test", c.words)
		}
		if got, want := binary.LittleEndian.Uint64(h.get(errors)), len(c.written)+len(c.later); got != uint64(want) {
			t.Errorf("%d words: %d errors, want %d", c.words, got, want)
		}
	}
}

// splitMix is word i of SplitMix64, written down a second time.
func splitMix(seed, i uint64) uint64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// TestSuiteKernelsDoAsTheirGoFunctions runs the conformance suite's kernels.
func TestSuiteKernelsDoAsTheirGoFunctions(t *testing.T) {
	data := random(1, 1001)
	for _, k := range gputest.Kernels(nil) {
		h := newHost(t)
		m := h.memory(data, "end")
		out := h.memory(make([]byte, 8), "end")
		args := goArgs{memories: map[int][]byte{0: bytes.Clone(data)}, scalars: map[int]uint64{1: 1000}, n: len(k.Params)}
		third := any(0x1ab)
		if k.Params[2] == 8 {
			third, args.memories[2] = address{of: out}, make([]byte, 8)
		} else {
			args.scalars[2] = 0x1ab
		}
		if err := k.Go(gpu.Dim3{}, gpu.Dim3{}, args); err != nil {
			t.Fatal(err)
		}
		h.run(k.Name, 2, 96, address{of: m}, 1000, third)
		if got := fmt.Sprint(h.get(m)); got != fmt.Sprint(args.memories[0]) {
			t.Errorf("%s: the memory is not as the Go function leaves it", k.Name)
		}
		if want := args.memories[2]; want != nil && !bytes.Equal(h.get(out), want) {
			t.Errorf("%s: the result is not that of the Go function", k.Name)
		}
	}
}

// goArgs are the arguments of a Go kernel.
type goArgs struct {
	memories map[int][]byte
	scalars  map[int]uint64
	n        int
}

func (a goArgs) Len() int            { return a.n }
func (a goArgs) Memory(i int) []byte { return a.memories[i] }
func (a goArgs) Uint64(i int) uint64 { return a.scalars[i] }
