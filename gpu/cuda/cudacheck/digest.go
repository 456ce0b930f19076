package cudacheck

import (
	"fmt"
	"strings"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const (
	largestDigest = 32 * gpu.GiB
	oneShard      = 64 * gpu.MiB
	patternSeed   = 0x76726d2d656e67
	// probed is hashed by the processor to see how fast it is.
	probed        = 64 * gpu.MiB
	processorTime = 20 * time.Second
)

// digestSizes are the sizes that are measured, up to what there is room for.
func digestSizes(most gpu.Bytes) []gpu.Bytes {
	var sizes []gpu.Bytes
	for size := 1 * gpu.MiB; size <= min(most, largestDigest); size *= 2 {
		sizes = append(sizes, size)
	}
	return sizes
}

// digestRates measures every digest kernel with the GPU's own clock, and
// checks every digest.
func digestRates(s *session) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	err = digestRatesOn(s, b)
	return errors.CombineErrors(err, b.close())
}

func digestRatesOn(s *session, b *bed) error {
	spare, err := b.spare()
	if err != nil {
		return err
	}
	sizes := digestSizes(spare)
	if s.Simulated {
		sizes = sizes[:min(len(sizes), 2)]
	}
	if len(sizes) == 0 {
		return errors.Newf("cudacheck: %s of free memory are too little to measure with", spare)
	}
	largest := sizes[len(sizes)-1]
	x, err := b.region(largest)
	if err != nil {
		return err
	}
	if err := bandwidth(s, b, x, largest); err != nil {
		return err
	}
	want, err := patterned(s, b, x, sizes)
	if err != nil {
		return err
	}
	limits(s, b)
	best := map[string]float64{}
	for _, name := range kernels.Leaves() {
		if best[name], err = digestRate(s, b, x, sizes, want, name); err != nil {
			return err
		}
	}
	name := fastest(best)
	s.Say("fastest kernel at the largest size", "%s", short(name))
	return errors.CombineErrors(batches(s, b, x, name), x.free())
}

// short is a kernel's name as options have it.
func short(name string) string { return strings.TrimPrefix(name, "ve_leaves_") }

func fastest(rates map[string]float64) string {
	best := kernels.LeavesDirect
	for _, name := range kernels.Leaves() {
		if rates[name] > rates[best] {
			best = name
		}
	}
	return best
}

// patterned fills the region with the pattern and has the processor compute the
// digests of its beginnings.
func patterned(s *session, b *bed, x *region, sizes []gpu.Bytes) ([]*verity.Digest, error) {
	f, err := b.load(kernels.Memtest)
	if err != nil {
		return nil, err
	}
	count, err := b.region(b.unit)
	if err != nil {
		return nil, err
	}
	largest := sizes[len(sizes)-1]
	if err := b.memtest(f, x.base, largest, patternSeed, kernels.MemtestWrite, count.base); err != nil {
		return nil, err
	}
	if err := b.wait(); err != nil {
		return nil, err
	}
	want, err := expected(s, sizes)
	return want, errors.CombineErrors(err, count.free())
}

// expected has the processor hash the pattern, up to the size that it can in
// processorTime. For larger sizes there is no digest.
func expected(s *session, sizes []gpu.Bytes) ([]*verity.Digest, error) {
	probe := min(sizes[len(sizes)-1], probed)
	begin := time.Now()
	leaves, err := patternLeaves(s.ctx, patternSeed, probe)
	if err != nil {
		return nil, err
	}
	most := gpu.Bytes(float64(probe) * processorTime.Seconds() / max(time.Since(begin).Seconds(), 1e-9))
	largest := probe
	for _, size := range sizes {
		if size <= most {
			largest = max(largest, size)
		}
	}
	if largest > probe {
		begin = time.Now()
		if leaves, err = patternLeaves(s.ctx, patternSeed, largest); err != nil {
			return nil, err
		}
	}
	s.Number("the processor, making and hashing "+largest.String()+" on all cores", "GB/s", rate(largest, time.Since(begin)))
	want := make([]*verity.Digest, len(sizes))
	for i, size := range sizes {
		n := bytesOf(uint64(size / gpu.BlockSize))
		if n > gpu.BytesOf(len(leaves)) {
			continue
		}
		digest, err := verity.DigestLeaves(uint64(size), leaves[:n])
		if err != nil {
			return nil, err
		}
		want[i] = &digest
	}
	return want, nil
}

// digestRate measures one kernel, and returns its rate at the largest size.
func digestRate(s *session, b *bed, x *region, sizes []gpu.Bytes, want []*verity.Digest, name string) (float64, error) {
	f, err := b.load(name)
	if err != nil {
		return 0, err
	}
	var last float64
	for i, size := range sizes {
		t, err := b.tree([]piece{{x.base, size}})
		if err != nil {
			return 0, err
		}
		if err := t.wipe(); err != nil {
			return 0, err
		}
		whole, err := s.samples(b, func() error { return t.queue(f[name]) })
		if err != nil {
			return 0, err
		}
		got, err := t.digests()
		if err != nil {
			return 0, err
		}
		leaves, err := s.samples(b, func() error { return t.queueLevel(f[name], 0) })
		if err != nil {
			return 0, err
		}
		label := fmt.Sprintf("%s, %s", short(name), size)
		if s.compare(label+", digest", got, want[i]); want[i] == nil && len(got) == 1 {
			want[i] = &got[0]
		}
		s.Number(label+", whole tree", "GB/s", rates(size, whole)...)
		s.Number(label+", leaves only", "GB/s", rates(size, leaves)...)
		if size == oneShard {
			s.Number(label+", time of the GPU", "ms", milliseconds(whole)...)
		}
		last = median(rates(size, whole))
		if err := t.free(); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// compare checks a digest. Where the processor would take too long, the digest
// of the first kernel is what others are compared with.
func (s *session) compare(name string, got []verity.Digest, want *verity.Digest) {
	if want == nil {
		s.Say(name, "the processor would take too long: the other kernels are compared with this one")
		return
	}
	s.Check(name, len(got) == 1 && got[0] == *want, "as expected: %t", len(got) == 1 && got[0] == *want)
}
