package cudacheck

import (
	"fmt"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

const (
	stagingSize = 16 * gpu.MiB
	loadTotal   = 8 * gpu.GiB
)

// loadRates loads and digests as an engine does, from memory that is filled
// already, and compares that with a raw copy. What an engine does beside is the
// MAC of the handle, which takes microseconds, and one audit record.
func loadRates(s *session) error {
	raw, total, err := rawCopy(s)
	if err != nil {
		return err
	}
	s.Number(fmt.Sprintf("raw copy of %s, pinned", total), "GB/s", rates(total, raw)...)
	d, err := s.openWith(cuda.Measured)
	if err != nil {
		return err
	}
	err = loadOn(s, d, total, raw)
	return errors.CombineErrors(err, d.Close())
}

// rawCopy is the time of a copy with nothing around it.
func rawCopy(s *session) ([]time.Duration, gpu.Bytes, error) {
	b, err := s.bed()
	if err != nil {
		return nil, 0, err
	}
	total := gpu.Bytes(0)
	took, err := func() ([]time.Duration, error) {
		spare, err := b.spare()
		if err != nil {
			return nil, err
		}
		total = min(loadTotal, spare)
		if s.Simulated {
			total = min(total, 2*gpu.MiB)
		}
		x, err := b.region(total)
		if err != nil {
			return nil, err
		}
		memory, r := b.lib.AllocateHost(min(copyBuffer, x.size))
		if r != driver.Success {
			return nil, answered("cuMemHostAlloc", r)
		}
		b.later(func() error { return answered("cuMemFreeHost", b.lib.FreeHost(memory)) })
		if err := randomInto(memory); err != nil {
			return nil, err
		}
		return s.wall(func() error { return b.send(x, memory, total) })
	}()
	return took, total, errors.CombineErrors(err, b.close())
}

func loadOn(s *session, d fullDevice, total gpu.Bytes, raw []time.Duration) error {
	total -= total % d.Info().Granularity
	id, err := d.Map(total)
	if err != nil {
		return err
	}
	at := gpu.Span{Extent: id, Size: total}
	pinned, err := d.AllocHost(min(stagingSize, total))
	if err != nil {
		s.NoFigure(figureLoad, "there is no page-locked memory")
	} else {
		took, err := loadKind(s, d, at, "pinned", pinned)
		if err := errors.CombineErrors(err, d.FreeHost(pinned)); err != nil {
			return err
		}
		s.loadFigure(total, took, raw)
	}
	pageable, err := gpu.NewStaging(min(stagingSize, total))
	if err != nil {
		return err
	}
	_, err = loadKind(s, d, at, "pageable", pageable.Bytes())
	return errors.CombineErrors(err, errors.CombineErrors(pageable.Close(), d.Unmap(id)))
}

func (s *session) loadFigure(total gpu.Bytes, loads, raw []time.Duration) {
	base := median(milliseconds(raw))
	if total < loadTotal/8 && !s.Simulated || base <= 0 {
		s.NoFigure(figureLoad, "needs 2 GiB of free memory")
		return
	}
	var ratios []float64
	for _, took := range milliseconds(loads) {
		ratios = append(ratios, took/base)
	}
	s.Figure(figureLoad, ratios...)
}

// loadKind writes, protects and digests, and returns how long all of it takes.
func loadKind(s *session, d fullDevice, at gpu.Span, name string, memory []byte) ([]time.Duration, error) {
	if err := randomInto(memory); err != nil {
		return nil, err
	}
	var written []time.Duration
	all, err := s.wall(func() error {
		if d.Info().ReadOnlyMappings {
			if err := d.Protect(at.Extent, gpu.ReadWrite); err != nil {
				return err
			}
		}
		begin := time.Now()
		for _, part := range parts(at, gpu.BytesOf(len(memory))) {
			if err := d.Write(part, memory[:part.Size]); err != nil {
				return err
			}
		}
		written = append(written, time.Since(begin))
		if d.Info().ReadOnlyMappings {
			if err := d.Protect(at.Extent, gpu.ReadOnly); err != nil {
				return err
			}
		}
		result, err := digested(d, gpu.DigestJob{Span: at, Keep: true}, slice)
		if err != nil {
			return err
		}
		return result.Kept.Close()
	})
	if err != nil {
		return nil, err
	}
	s.Number("load of "+at.Size.String()+", "+name, "GB/s", rates(at.Size, written)...)
	s.Number("load, read-only mapping and digest, "+name, "GB/s", rates(at.Size, all)...)
	if !d.Info().ReadOnlyMappings {
		return all, nil
	}
	return all, d.Protect(at.Extent, gpu.ReadWrite)
}
