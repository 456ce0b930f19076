package cudacheck

import (
	"fmt"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

const (
	// verifiedLeast is what the figure asks for.
	verifiedLeast = 8_000_000_000 * gpu.Bytes(1)
	verifiedMost  = 16 * gpu.GiB
	// slice is how long a step of an engine's pass is.
	slice = time.Millisecond
	// patrolled bytes are to be digested in each period.
	patrolled    = 80e9
	patrolPeriod = 10 * time.Second
)

// verifyRates digests resident memory as an engine does: with the device of
// package cuda, in slices, timed by the host.
func verifyRates(s *session) error {
	for _, kernel := range []string{cuda.Direct, cuda.Measured} {
		d, err := s.openWith(kernel)
		if err != nil {
			return err
		}
		err = verifyOn(s, d, kernel)
		if err := errors.CombineErrors(err, d.Close()); err != nil {
			return err
		}
	}
	return nil
}

// verifyOn measures with one kernel. The figures are those of the fastest.
func verifyOn(s *session, d fullDevice, kernel string) error {
	for _, note := range d.Info().Notes {
		s.Say("note", "%s", note)
	}
	at, err := resident(s, d)
	if err != nil {
		return err
	}
	sliced, err := passes(s, d, at, slice)
	if err != nil {
		return err
	}
	whole, err := passes(s, d, at, time.Minute)
	if err != nil {
		return err
	}
	label := fmt.Sprintf("kernel %s, %s resident", kernel, at.Size)
	s.Number(label+", slices of 1 ms", "GB/s", rates(at.Size, sliced)...)
	s.Number(label+", in one slice", "GB/s", rates(at.Size, whole)...)
	if kernel == cuda.Measured {
		verifyFigures(s, at.Size, sliced)
	}
	return d.Unmap(at.Extent)
}

func verifyFigures(s *session, size gpu.Bytes, took []time.Duration) {
	if size < verifiedLeast {
		s.NoFigure(figureVerify, fmt.Sprintf("needs %d GB of free memory", verifiedLeast/1e9))
		s.NoFigure(figurePatrol, fmt.Sprintf("needs %d GB of free memory", verifiedLeast/1e9))
		return
	}
	s.Figure(figureVerify, rates(size, took)...)
	var shares []float64
	for _, r := range rates(size, took) {
		shares = append(shares, 100*patrolled/(r*1e9)/patrolPeriod.Seconds())
	}
	s.Figure(figurePatrol, shares...)
}

// fullDevice is all that a CUDA device can do.
type fullDevice interface {
	gpu.Device
	gpu.HostMemory
	gpu.MemoryTester
}

func (s *session) openWith(kernel string) (fullDevice, error) {
	d, err := s.open(kernel)
	if err != nil {
		return nil, err
	}
	full, ok := d.(fullDevice)
	if !ok {
		return nil, errors.CombineErrors(errors.New("cudacheck: the device lacks abilities"), d.Close())
	}
	return full, nil
}

// resident maps memory, fills it with random data, and makes it read-only
// where that is honoured.
func resident(s *session, d fullDevice) (gpu.Span, error) {
	m, err := d.Memory()
	if err != nil {
		return gpu.Span{}, err
	}
	unit := d.Info().Granularity
	size := min(m.Free/8*6, verifiedMost)
	if s.Simulated {
		size = min(size, 2*gpu.MiB)
	}
	size = max(size-size%unit, unit)
	id, err := d.Map(size)
	if err != nil {
		return gpu.Span{}, err
	}
	at := gpu.Span{Extent: id, Size: size}
	buffer, err := d.AllocHost(min(size, 64*gpu.MiB))
	if err != nil {
		return at, err
	}
	if err := randomInto(buffer); err != nil {
		return at, err
	}
	for _, part := range parts(at, gpu.BytesOf(len(buffer))) {
		if err := d.Write(part, buffer[:part.Size]); err != nil {
			return at, err
		}
	}
	if err := d.FreeHost(buffer); err != nil || !d.Info().ReadOnlyMappings {
		return at, err
	}
	return at, d.Protect(id, gpu.ReadOnly)
}

// parts cuts a span into pieces of at most the size.
func parts(at gpu.Span, size gpu.Bytes) []gpu.Span {
	var all []gpu.Span
	for offset := gpu.Bytes(0); offset < at.Size; offset += size {
		all = append(all, gpu.Span{Extent: at.Extent, Offset: at.Offset + offset, Size: min(size, at.Size-offset)})
	}
	return all
}

// passes digests the span again and again, and checks that the digest stays.
func passes(s *session, d gpu.Device, at gpu.Span, step time.Duration) ([]time.Duration, error) {
	var all []time.Duration
	var first gpu.DigestResult
	for i := -1; i < s.fewer(7, 1) && s.ctx.Err() == nil; i++ {
		begin := time.Now()
		result, err := digested(d, gpu.DigestJob{Span: at}, step)
		if err != nil {
			return nil, err
		}
		took := time.Since(begin)
		if i < 0 {
			first = result
			continue
		}
		if result.Digest != first.Digest {
			s.Check("the digest of memory that nobody changed", false, "differs from pass to pass")
		}
		all = append(all, took)
	}
	return all, s.ctx.Err()
}

// digested is one pass with one job, in steps.
func digested(d gpu.Device, j gpu.DigestJob, step time.Duration) (gpu.DigestResult, error) {
	p, err := d.Digest([]gpu.DigestJob{j})
	if err != nil {
		return gpu.DigestResult{}, err
	}
	for done := false; !done && err == nil; {
		done, err = p.Step(step)
	}
	var results []gpu.DigestResult
	if err == nil {
		results, err = p.Results()
	}
	err = errors.CombineErrors(err, p.Close())
	if err == nil && len(results) != 1 {
		err = errors.New("cudacheck: a pass without its result")
	}
	if err != nil {
		return gpu.DigestResult{}, err
	}
	return results[0], nil
}
