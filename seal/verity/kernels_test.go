package verity

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/seal/verity/internal/kernel"
)

// plans are all ways in which this machine can hash: every method alone, and
// what is chosen without force. It says which ones the machine lacks.
func plans(t testing.TB) map[string]kernel.Plan {
	t.Helper()
	found := map[string]kernel.Plan{"automatic": kernel.Choose("", false).Plan}
	for _, m := range kernel.Methods() {
		forced := m.Forced()
		c := kernel.Choose(forced, false)
		if c.Warning != "" {
			t.Logf("not tried: %s", c.Warning)
			continue
		}
		found[forced] = c.Plan
	}
	if found["go"] != (kernel.Plan{}) || len(found) != len(kernel.Available())+1 {
		t.Fatalf("%d plans for the methods %v", len(found), kernel.Available())
	}
	return found
}

// seeded returns a source of numbers whose seed a failure prints.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// guarded returns n bytes of random contents, a multiple of the page size,
// between two pages that cannot be read.
func guarded(t *testing.T, n int) []byte {
	t.Helper()
	page := unix.Getpagesize()
	all, err := unix.Mmap(-1, 0, n+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, guard := range [][]byte{all[:page], all[page+n:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	data := all[page : page+n : page+n]
	r := seeded(t)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// standardHashes hashes with crypto/sha256 and nothing of this package.
func standardHashes(data []byte) []byte {
	var hashes []byte
	for len(data) > 0 {
		var block [4096]byte
		n := copy(block[:], data)
		sum := sha256.Sum256(block[:])
		hashes, data = append(hashes, sum[:]...), data[n:]
	}
	return hashes
}

const most = 40 // blocks: more than the widest group

// Every number of blocks at every distance from the end of readable memory, and
// at its beginning, with what lies around the hashes unchanged.
func TestKernelsAtEveryOffset(t *testing.T) {
	data := guarded(t, (most+1)*BlockSize)
	canary := bytes.Repeat([]byte{0xa5}, 64)
	out := make([]byte, 64+most*HashSize+64)
	all := plans(t)
	check := func(where string, part, want []byte, n int) {
		t.Helper()
		for name, plan := range all {
			copy(out, canary)
			copy(out[64+n*HashSize:], canary)
			jobs := []Leaves{{Data: part, Hashes: out[64 : 64+n*HashSize]}}
			hashJobs(plan, jobs, nil)
			if !bytes.Equal(jobs[0].Hashes, want) {
				t.Fatalf("%s: wrong hashes of %d blocks %s", name, n, where)
			}
			if !bytes.Equal(out[:64], canary) || !bytes.Equal(out[64+n*HashSize:][:64], canary) {
				t.Fatalf("%s: bytes around the hashes of %d blocks %s changed", name, n, where)
			}
		}
	}
	want := standardHashes(data)
	for n := range most + 1 {
		check("at the begin", data[:n*BlockSize], want[:n*HashSize], n)
	}
	for offset := 0; offset <= 64; offset++ {
		part := data[len(data)-offset-most*BlockSize : len(data)-offset]
		want := standardHashes(part)
		for n := range most + 1 {
			check(fmt.Sprintf("%d bytes before the end", offset), part[(most-n)*BlockSize:], want[(most-n)*HashSize:], n)
		}
	}
}

// Last blocks of every kind of length, which end where memory ends.
func TestKernelsOnLastBlocks(t *testing.T) {
	data := guarded(t, (most+1)*BlockSize)
	for name, plan := range plans(t) {
		for _, n := range []int{0, 1, 2, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, most} {
			for _, rest := range []int{1, 3, 31, 55, 56, 63, 64, 65, 2048, 4032, 4094, 4095} {
				part := data[len(data)-n*BlockSize-rest:]
				jobs := []Leaves{{Data: part, Hashes: make([]byte, (n+1)*HashSize)}}
				hashJobs(plan, jobs, make([]kernel.Leaf, 1))
				if !bytes.Equal(jobs[0].Hashes, standardHashes(part)) {
					t.Fatalf("%s: wrong hashes of %d blocks and %d bytes", name, n, rest)
				}
			}
		}
	}
}

// split cuts data into jobs at the lengths, in turn, and adds what is left.
func split(data []byte, lengths []int) []Leaves {
	var jobs []Leaves
	for _, n := range lengths {
		n = min(n, len(data))
		jobs = append(jobs, Leaves{Data: data[:n]})
		data = data[n:]
	}
	return append(jobs, Leaves{Data: data})
}

func checkMany(t *testing.T, name string, plan kernel.Plan, jobs []Leaves) {
	t.Helper()
	var scratch Scratch
	for _, use := range []*Scratch{nil, &scratch, &scratch} { // the second use finds what the first left
		for i := range jobs {
			jobs[i].Hashes = []byte("kept")
		}
		hashMany(plan, jobs, use)
		checkHashes(t, name, jobs)
	}
}

func checkHashes(t *testing.T, name string, jobs []Leaves) {
	t.Helper()
	for i, j := range jobs {
		if want := append([]byte("kept"), standardHashes(j.Data)...); !bytes.Equal(j.Hashes, want) {
			t.Fatalf("%s: wrong hashes of job %d of %d, of %d bytes", name, i, len(jobs), len(j.Data))
		}
	}
}

func TestHashManyMixesJobs(t *testing.T) {
	r := seeded(t)
	data := guarded(t, 100*BlockSize)
	lengths := func(n, most int) []int {
		var l []int
		for range n {
			l = append(l, r.IntN(most+1))
		}
		return l
	}
	for name, plan := range plans(t) {
		checkMany(t, name, plan, nil)
		checkMany(t, name, plan, split(nil, []int{0, 0}))
		checkMany(t, name, plan, split(data[:65*100], bytesOf(65, 100))) // more short jobs than there are in hand
		for range 12 {
			checkMany(t, name, plan, split(data, lengths(20, 3*BlockSize)))
			checkMany(t, name, plan, split(data, lengths(200, 100)))
			checkMany(t, name, plan, split(data, lengths(10, 40*BlockSize)))
		}
	}
}

// bytesOf is n times the length.
func bytesOf(n, length int) []int {
	l := make([]int, n)
	for i := range l {
		l[i] = length
	}
	return l
}

// Collections move stacks and stop the world while kernels run.
func TestKernelsWhileCollecting(t *testing.T) {
	data := guarded(t, most*BlockSize)
	want := standardHashes(data)
	for name, plan := range plans(t) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 50 {
					var inner sync.WaitGroup
					inner.Go(func() { // on a new, small stack
						jobs := []Leaves{{Data: data, Hashes: make([]byte, most*HashSize)}}
						hashJobs(plan, jobs, nil)
						if !bytes.Equal(jobs[0].Hashes, want) {
							t.Errorf("%s: wrong hashes", name)
						}
					})
					inner.Wait()
				}
			})
		}
		for range 20 {
			runtime.GC()
		}
		wg.Wait()
	}
}

func FuzzHashMany(f *testing.F) {
	f.Add([]byte("a"), uint16(1), uint16(40))
	f.Add(bytes.Repeat([]byte{1, 2, 3}, 60000), uint16(4096), uint16(12288))
	f.Add(bytes.Repeat([]byte{7}, 33*4096+1), uint16(0), uint16(65535))
	f.Fuzz(func(t *testing.T, data []byte, first, second uint16) {
		data = bytes.Repeat(data, 1+int(first)%64) // the mutator makes short data
		data = data[:min(len(data), most*BlockSize+1)]
		for name, plan := range plans(t) {
			checkMany(t, name, plan, split(data, []int{int(first), int(second), int(first), 100, 4096}))
		}
	})
}
