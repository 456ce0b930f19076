package sim_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// TestSmallJobsTogether digests many spans of one extent in one pass, of all
// sizes and in slices of all lengths, and compares each with its own digest.
func TestSmallJobsTogether(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	d, c := opened(t, small())
	data := make([]byte, 8<<20)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	all := mapped(t, d, 128, data)
	for _, most := range []int{200, 5000, 70_000, 600_000} {
		var jobs []gpu.DigestJob
		var datas [][]byte
		for range 12 + 300_000/most {
			start, size := r.IntN(len(data)-most), r.IntN(most)
			span := gpu.Span{Extent: all.Extent, Offset: gpu.BytesOf(start), Size: gpu.BytesOf(size)}
			jobs = append(jobs, gpu.DigestJob{Span: span, Keep: r.IntN(2) == 0})
			datas = append(datas, data[start:start+size])
		}
		first := digests(t, d, jobs, func() time.Duration { return time.Duration(r.IntN(300)) * time.Microsecond })
		for i, got := range first {
			if got.Digest != verity.Sum(datas[i]) || got.BadBlock != gpu.NoBlock {
				t.Fatalf("seed %d: job %d of %d bytes: another digest, or block %d", seed, i, len(datas[i]), got.BadBlock)
			}
			jobs[i].Keep, jobs[i].Expect = false, got.Kept
		}
		flipped := r.IntN(len(data))
		ok(t, c.Flip(all.Extent, gpu.BytesOf(flipped), 1))
		for i, got := range digests(t, d, jobs, func() time.Duration { return time.Millisecond }) {
			want := int64(gpu.NoBlock)
			start := int(jobs[i].Span.Offset)
			within := flipped >= start && flipped < start+len(datas[i])
			if within && jobs[i].Expect != nil {
				want = int64((flipped - start) / verity.BlockSize)
			}
			if got.BadBlock != want || (got.Digest != first[i].Digest) != within {
				t.Fatalf("seed %d: job %d names block %d, want %d", seed, i, got.BadBlock, want)
			}
		}
		ok(t, c.Flip(all.Extent, gpu.BytesOf(flipped), 1))
		for _, got := range first {
			if got.Kept != nil {
				ok(t, got.Kept.Close())
			}
		}
	}
}

func digests(t testing.TB, d gpu.Device, jobs []gpu.DigestJob, slice func() time.Duration) []gpu.DigestResult {
	t.Helper()
	p, err := d.Digest(jobs)
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		if done, err = p.Step(slice()); err != nil {
			t.Fatal(err)
		}
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

// BenchmarkPass digests the same number of bytes as one job and as many.
func BenchmarkPass(b *testing.B) {
	const total = 256 << 20
	for _, size := range []int{total, 1 << 20, 64 << 10, 4 << 10} {
		b.Run(fmt.Sprintf("jobs=%d", total/size), func(b *testing.B) {
			backend, err := sim.New(sim.Options{Memory: 512 * gpu.MiB})
			if err != nil {
				b.Fatal(err)
			}
			runtime.LockOSThread() // ends with the goroutine
			d, err := backend.Open(0)
			if err != nil {
				b.Fatal(err)
			}
			extent, err := d.Map(total)
			if err != nil {
				b.Fatal(err)
			}
			if err := d.Zero(gpu.Span{Extent: extent, Size: total}); err != nil {
				b.Fatal(err)
			}
			var jobs []gpu.DigestJob
			for at := 0; at < total; at += size {
				jobs = append(jobs, gpu.DigestJob{Span: gpu.Span{Extent: extent, Offset: gpu.BytesOf(at), Size: gpu.BytesOf(size)}})
			}
			b.SetBytes(total)
			for b.Loop() {
				digests(b, d, jobs, func() time.Duration { return 2 * time.Millisecond })
			}
			if err := d.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
