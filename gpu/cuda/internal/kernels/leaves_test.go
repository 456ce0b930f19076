package kernels_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// sizes are those at which something begins or ends: words, chunks, steps of
// 128 bytes, leaves, warps of 32 leaves, levels of 128 hashes.
var sizes = []int{
	1, 3, 4, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 192, 255, 4032, 4033, 4095, 4096, 4097,
	8192, 12288 + 77, 31 * 4096, 32*4096 - 1, 32 * 4096, 32*4096 + 1, 33 * 4096, 524288, 524289,
}

// random returns n bytes that the seed determines.
func random(seed uint64, n int) []byte {
	data := make([]byte, n)
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	rand.NewChaCha8(key).Read(data) // it never fails
	return data
}

// batch is one level of hashing of several memories.
type batch struct {
	table   memory
	jobs    uint32
	leaves  uint64
	targets []memory
}

// job is what a batch hashes: size bytes from a place on.
type job struct {
	at   address
	size int
}

// prepare makes the table and the targets for jobs. The addresses are filled
// in by the host, which alone knows them.
func prepare(h *host, jobs []job) batch {
	h.t.Helper()
	b := batch{jobs: uint32(len(jobs))}
	var table []byte
	for _, j := range jobs {
		var err error
		if table, b.leaves, err = kernels.AppendJob(table, uint64(0), gpu.Bytes(j.size), uint64(0), b.leaves); err != nil {
			h.t.Fatal(err)
		}
		b.targets = append(b.targets, h.memory(make([]byte, 32*verity.Blocks(uint64(j.size))), "end"))
	}
	b.table = h.memory(table, "end")
	for i, j := range jobs {
		h.putAddress(b.table, i*int(kernels.JobSize), j.at)
		h.putAddress(b.table, i*int(kernels.JobSize)+16, address{of: b.targets[i]})
	}
	h.readOnly(b.table)
	return b
}

// hash launches a kernel over leaves first to first+count.
func (b batch) hash(h *host, kernel string, first, count uint64) {
	h.t.Helper()
	grid, err := kernels.Grid(count)
	if err != nil {
		h.t.Fatal(err)
	}
	h.run(kernel, grid.X, kernels.Block().X, address{of: b.table}, b.jobs, first, count)
}

// check compares the targets with what the data's leaves are.
func (b batch) check(h *host, what string, data [][]byte) {
	h.t.Helper()
	for i, d := range data {
		if want := verity.HashBlocks(nil, d); !bytes.Equal(h.get(b.targets[i]), want) {
			h.t.Errorf("%s: the leaves of %d bytes are wrong", what, len(d))
		}
	}
}

func TestLeavesAreThoseOfVerity(t *testing.T) {
	for _, kernel := range kernels.Leaves() {
		for _, where := range []string{"0", "16", "end"} {
			t.Run(kernel+"/"+where, func(t *testing.T) {
				h := newHost(t)
				var jobs []job
				var data [][]byte
				for i, size := range sizes {
					d := random(uint64(i), size)
					m := h.memory(d, where)
					h.readOnly(m)
					jobs, data = append(jobs, job{address{of: m}, size}), append(data, d)
				}
				b := prepare(h, jobs)
				b.hash(h, kernel, 0, b.leaves)
				b.check(h, kernel, data)
			})
		}
	}
}

// TestTreesEndInTheDigest hashes level after level on the host, with all
// files in one launch for each level, to the digest of each file.
func TestTreesEndInTheDigest(t *testing.T) {
	for _, kernel := range kernels.Leaves() {
		t.Run(kernel, func(t *testing.T) {
			h := newHost(t)
			roots := make([]memory, len(sizes))
			var jobs []job
			var owner []int
			var want []verity.Digest
			for i, size := range sizes {
				d := random(uint64(i), size)
				want = append(want, verity.Sum(d))
				jobs, owner = append(jobs, job{address{of: h.memory(d, "0")}, size}), append(owner, i)
			}
			for len(jobs) > 0 {
				b := prepare(h, jobs)
				b.hash(h, kernel, 0, b.leaves)
				var above []job
				var left []int
				for i, m := range b.targets {
					if m.size == verity.HashSize {
						roots[owner[i]] = m
						continue
					}
					above, left = append(above, job{address{of: m}, m.size}), append(left, owner[i])
				}
				jobs, owner = above, left
			}
			for i, m := range roots {
				if got := verity.FileDigest(verity.Hash(h.get(m)), uint64(sizes[i])); got != want[i] {
					t.Errorf("the digest of %d bytes is %s, want %s", sizes[i], got, want[i])
				}
			}
		})
	}
}

func TestSourcesHaveAnyAlignment(t *testing.T) {
	for _, kernel := range kernels.Leaves() {
		t.Run(kernel, func(t *testing.T) {
			h := newHost(t)
			var jobs []job
			var data [][]byte
			for at := range 16 {
				d := random(uint64(at), 33*4096+at*5)
				m := h.memory(append(random(99, at), d...), "0")
				jobs, data = append(jobs, job{address{of: m, at: at}, len(d)}), append(data, d)
			}
			b := prepare(h, jobs)
			b.hash(h, kernel, 0, b.leaves)
			b.check(h, kernel, data)
		})
	}
}

// TestSlicesMakeTheWhole hashes a batch in slices of any length, in any order,
// and in blocks of any number of threads.
func TestSlicesMakeTheWhole(t *testing.T) {
	const seed = 20
	for _, kernel := range kernels.Leaves() {
		t.Run(kernel, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 2))
			h := newHost(t)
			var jobs []job
			var data [][]byte
			for i := range 40 {
				d := random(uint64(i), 1+r.IntN(20_000*(1+i%4*4)))
				jobs, data = append(jobs, job{address{of: h.memory(d, "0")}, len(d)}), append(data, d)
			}
			b := prepare(h, jobs)
			type slice struct{ first, count uint64 }
			var slices []slice
			for first := uint64(0); first < b.leaves; {
				count := min(1+r.Uint64N(150), b.leaves-first)
				slices, first = append(slices, slice{first, count}), first+count
			}
			r.Shuffle(len(slices), func(i, j int) { slices[i], slices[j] = slices[j], slices[i] })
			for _, s := range slices {
				threads := 1 + r.Uint32N(kernels.Threads)
				blocks := (uint32(s.count) + threads - 1) / threads
				h.run(kernel, blocks, threads, address{of: b.table}, b.jobs, s.first, s.count)
			}
			b.check(h, fmt.Sprintf("seed %d", seed), data)
		})
	}
}

// TestOnlyTheSliceIsWritten presets the targets and hashes three leaves in the
// middle; it also asks for leaves beyond the last, which there are not.
func TestOnlyTheSliceIsWritten(t *testing.T) {
	data := random(3, 10*4096+1)
	for _, kernel := range kernels.Leaves() {
		t.Run(kernel, func(t *testing.T) {
			h := newHost(t)
			b := prepare(h, []job{{address{of: h.memory(data, "0")}, len(data)}})
			want := bytes.Repeat([]byte{0x5a}, b.targets[0].size)
			leaves := verity.HashBlocks(nil, data)
			for _, s := range []struct{ first, count, written uint64 }{{4, 3, 3}, {9, 500, 2}, {11, 128, 0}} {
				h.put(b.targets[0], 0, want)
				b.hash(h, kernel, s.first, s.count)
				expect := bytes.Clone(want)
				copy(expect[32*s.first:32*(s.first+s.written)], leaves[32*min(s.first, 11):])
				if !bytes.Equal(h.get(b.targets[0]), expect) {
					t.Errorf("leaves %d to %d: others were written, or these were not", s.first, s.first+s.count)
				}
			}
		})
	}
}

// TestEveryBitCounts flips each bit of a short tail, and some of a long one.
func TestEveryBitCounts(t *testing.T) {
	for _, kernel := range kernels.Leaves() {
		h := newHost(t)
		data := random(8, 32*4096)
		m := h.memory(data, "0")
		b := prepare(h, []job{{address{of: m}, len(data)}})
		r := rand.New(rand.NewPCG(9, 9))
		for range 50 {
			i, bit := r.IntN(len(data)), r.IntN(8)
			flipped := bytes.Clone(data)
			flipped[i] ^= 1 << bit
			h.put(m, i, flipped[i:i+1])
			b.hash(h, kernel, 0, b.leaves)
			b.check(h, kernel, [][]byte{flipped})
			h.put(m, i, data[i:i+1])
		}
	}
}

// TestHostSeesOverreads proves that the guard pages do what the other tests
// trust them to do: a job that is one byte too long ends the program.
func TestHostSeesOverreads(t *testing.T) {
	h := newHost(t)
	m := h.memory(random(1, 100), "end")
	b := prepare(h, []job{{address{of: m}, 100}})
	table := h.memory(h.get(b.table), "0")
	h.put(table, 8, binary.LittleEndian.AppendUint64(nil, 101))
	// In one write: the program may be gone after the first line.
	h.say("run %s 1 128 @%d+0 1 0 1\nget %d 0 32\n", kernels.LeavesDirect, table.number, b.targets[0].number)
	if line, err := h.out.ReadString('\n'); err == nil {
		t.Fatalf("the program went on and printed %d bytes", len(line))
	}
	if err := h.cmd.Wait(); err == nil {
		t.Error("the program ended as if nothing had happened")
	}
}
