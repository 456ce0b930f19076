package gputest

import (
	"fmt"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// sizes are those at which the tree of hashes changes its shape.
func sizes() []gpu.Bytes {
	return []gpu.Bytes{0, 1, 31, 32, 4095, 4096, 4097, 8192, 8193, 100_000, 524_287, 524_288, 524_289, 528_385}
}

// room maps enough for n bytes.
func (r *rig) room(n gpu.Bytes) gpu.ExtentID {
	r.Helper()
	size, ok := max(n, 1).RoundUp(r.unit)
	if !ok {
		r.Fatalf("%d bytes cannot be rounded up", uint64(n))
	}
	id, err := r.dev.Map(size)
	r.ok(err)
	return id
}

// pass runs jobs to the end and returns one result for each.
func (r *rig) pass(jobs ...gpu.DigestJob) []gpu.DigestResult {
	r.Helper()
	p, err := r.dev.Digest(jobs)
	r.ok(err)
	results, err := finish(p)
	r.ok(err)
	if len(results) != len(jobs) {
		r.Fatalf("%d results for %d jobs", len(results), len(jobs))
	}
	return results
}

func (r *rig) digests(at gpu.Span, data []byte) {
	r.Helper()
	for _, got := range r.pass(gpu.DigestJob{Span: at}) {
		if got.Digest != verity.Sum(data) {
			r.Errorf("%d bytes at %d: the digest is not fs-verity's", len(data), uint64(at.Offset))
		}
		if got.BadBlock != gpu.NoBlock || got.Kept != nil {
			r.Errorf("%d bytes at %d: bad block %d, kept %t, and nothing was asked for", len(data), uint64(at.Offset), got.BadBlock, got.Kept != nil)
		}
	}
}

// digestSizes has bytes behind each span that must not be hashed.
func digestSizes(r *rig) {
	for i, size := range sizes() {
		for _, offset := range []gpu.Bytes{0, 1, 4096} {
			id := r.room(size.AddSat(offset).AddSat(8192))
			data := pattern(size.AddSat(offset).AddSat(8192), uint64(i))
			r.written(id, 0, data)
			lo, _ := offset.Int()
			hi, _ := offset.AddSat(size).Int()
			r.digests(gpu.Span{Extent: id, Offset: offset, Size: size}, data[lo:hi])
			r.ok(r.dev.Unmap(id))
		}
	}
}

// batch makes one job for each size, one behind the other in one extent.
func (r *rig) batch() ([]gpu.DigestJob, [][]byte) {
	r.Helper()
	var sum gpu.Bytes
	for _, size := range sizes() {
		sum = sum.AddSat(size)
	}
	id := r.room(sum)
	var jobs []gpu.DigestJob
	var datas [][]byte
	var offset gpu.Bytes
	for i, size := range sizes() {
		data := pattern(size, uint64(i)+100)
		jobs = append(jobs, gpu.DigestJob{Span: r.written(id, offset, data)})
		datas = append(datas, data)
		offset = offset.AddSat(size)
	}
	return jobs, datas
}

func (r *rig) digestsAll(results []gpu.DigestResult, datas [][]byte) {
	r.Helper()
	for i, got := range results {
		if got.Digest != verity.Sum(datas[i]) {
			r.Errorf("job %d of %d bytes: the digest is not fs-verity's", i, len(datas[i]))
		}
	}
}

func digestBatch(r *rig) {
	jobs, datas := r.batch()
	r.digestsAll(r.pass(jobs...), datas)
	if results := r.pass(); len(results) != 0 {
		r.Error("a pass without jobs has results")
	}
}

// digestSlices takes the smallest steps there are, with other work between
// them.
func digestSlices(r *rig) {
	jobs, datas := r.batch()
	other := r.mapped(1)
	p, err := r.dev.Digest(jobs)
	r.ok(err)
	var before gpu.Bytes
	if p.Done() != 0 {
		r.Error("bytes were digested before the first step")
	}
	for done := false; !done; {
		done, err = p.Step(0)
		r.ok(err)
		if !done && p.Done() <= before {
			r.Fatalf("a step made no progress at %d bytes", uint64(before))
		}
		before = p.Done()
		r.written(other, 0, []byte{1})
	}
	if total := gpu.BytesOf(totalLength(datas)); before != total {
		r.Errorf("%d bytes were digested, not %d", uint64(before), uint64(total))
	}
	if done, err := p.Step(time.Millisecond); !done || err != nil {
		r.Errorf("a step after the end: %t, %v", done, err)
	}
	results, err := p.Results()
	r.ok(err)
	r.digestsAll(results, datas)
	r.ok(p.Close())
	r.ok(p.Close())
}

func totalLength(datas [][]byte) int {
	sum := 0
	for _, d := range datas {
		sum += len(d)
	}
	return sum
}

func digestUnfinished(r *rig) {
	jobs, _ := r.batch()
	for steps := range 3 {
		p, err := r.dev.Digest(jobs)
		r.ok(err)
		done := false
		for range steps {
			done, err = p.Step(0)
			r.ok(err)
		}
		if r.offered(!done, "a pass in more than two steps") {
			_, err = p.Results()
			r.refused(fmt.Sprintf("results after %d steps", steps), err, gpu.ErrInvalidValue)
		}
		r.ok(p.Close())
		_, err = p.Step(0)
		r.refused("a step after the pass was closed", err, gpu.ErrInvalidValue)
	}
}

func digestUnmapped(r *rig) {
	size := r.units(1)
	id := r.mapped(1)
	r.written(id, 0, pattern(size, 1))
	p, err := r.dev.Digest([]gpu.DigestJob{{Span: gpu.Span{Extent: id, Size: size}}})
	r.ok(err)
	done, err := p.Step(0)
	r.ok(err)
	r.ok(r.dev.Unmap(id))
	if r.offered(!done, "a pass over a granule in more than one step") {
		_, err = p.Step(time.Millisecond)
		r.refused("a step after its extent was unmapped", err, gpu.ErrNotFound)
	}
	r.ok(p.Close())
}
