package cuda

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// cramped opens a device, and returns it with an extent of random data.
func cramped(t *testing.T, seed uint64) (*device, gpu.Span, []byte) {
	t.Helper()
	control := cudatest.Start(t, cudatest.Config{Memory: 16 * gpu.MiB, Granularity: 64 * gpu.KiB, Immediate: true})
	runtime.LockOSThread()
	b, err := New(Options{Libraries: []string{control.Paths().CUDA}, NVML: []string{control.Paths().NVML}})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := b.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := opened.(*device)
	if !ok {
		t.Fatalf("%T", opened)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if err := control.Leaks(); err != nil {
			t.Error(err)
		}
	})
	id, err := d.Map(4 * gpu.MiB)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 4*gpu.MiB)
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	at := gpu.Span{Extent: id, Size: 4 * gpu.MiB}
	if err := d.Write(at, data); err != nil {
		t.Fatal(err)
	}
	return d, at, data
}

// TestWindows runs passes with little memory and small tables, over random
// spans, in steps of random length. Kept hashes find changes that are made
// afterwards.
func TestWindows(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	d, all, data := cramped(t, seed)
	for round := range 20 {
		var jobs []gpu.DigestJob
		for range 1 + random.IntN(12) {
			jobs = append(jobs, gpu.DigestJob{Span: randomSpan(random, all), Keep: random.IntN(3) == 0})
		}
		results := squeezed(t, d, random, jobs)
		for i, j := range jobs {
			if results[i].Digest != verity.Sum(data[j.Span.Offset:j.Span.Offset+j.Span.Size]) {
				t.Fatalf("seed %d, round %d: the digest of job %d of %d bytes is not fs-verity's", seed, round, i, uint64(j.Span.Size))
			}
		}
		changed := gpu.Bytes(random.Uint64N(uint64(all.Size)))
		for _, j := range jobs {
			if j.Keep && j.Span.Size > 0 { // where it is looked for
				changed = j.Span.Offset + gpu.Bytes(random.Uint64N(uint64(j.Span.Size)))
			}
		}
		data[changed] ^= 0x10
		if err := d.Write(gpu.Span{Extent: all.Extent, Offset: changed, Size: 1}, data[changed:changed+1]); err != nil {
			t.Fatal(err)
		}
		for i := range jobs {
			jobs[i].Expect, jobs[i].Keep = results[i].Kept, false
		}
		for i, r := range squeezed(t, d, random, jobs) {
			at, want := jobs[i].Span, int64(gpu.NoBlock)
			if in := changed - at.Offset; jobs[i].Expect != nil && changed >= at.Offset && in < at.Size {
				want = int64(in / gpu.BlockSize)
			}
			if r.BadBlock != want {
				t.Errorf("seed %d, round %d: job %d names block %d, and not %d", seed, round, i, r.BadBlock, want)
			}
			if k := jobs[i].Expect; k != nil {
				if err := k.Close(); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// randomSpan is small or large, with any alignment, and sometimes empty.
func randomSpan(random *rand.Rand, in gpu.Span) gpu.Span {
	size := gpu.Bytes(random.Uint64N(1 << (1 + random.UintN(21))))
	switch random.IntN(8) {
	case 0:
		size = 0
	case 1, 2:
		size = 600*gpu.KiB + gpu.Bytes(random.Uint64N(uint64(gpu.MiB))) // more than a window
	}
	return gpu.Span{Extent: in.Extent, Offset: gpu.Bytes(random.Uint64N(uint64(in.Size - size + 1))), Size: size}
}

// squeezed runs a pass whose tables have few records, and which has room for
// few leaves.
func squeezed(t *testing.T, d *device, random *rand.Rand, jobs []gpu.DigestJob) []gpu.DigestResult {
	t.Helper()
	made, err := d.Digest(jobs)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := made.(*pass)
	if !ok {
		t.Fatalf("%T", made)
	}
	p.layout.records = min(p.layout.records, 1+random.Uint64N(4))
	if p.layout.room > 0 {
		p.layout.room = min(p.layout.room, 128+random.Uint64N(300))
	}
	before := gpu.Bytes(0)
	for done := false; !done; {
		if done, err = p.Step(time.Duration(random.Int64N(int64(5 * time.Millisecond)))); err != nil {
			t.Fatal(err)
		}
		if !done && p.Done() <= before {
			t.Fatal("a step without progress")
		}
		before = p.Done()
	}
	var total gpu.Bytes
	for _, j := range jobs {
		total += j.Span.Size
	}
	if p.Done() != total {
		t.Errorf("%d bytes were digested, and not %d", uint64(p.Done()), uint64(total))
	}
	results, err := p.Results()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return results
}
