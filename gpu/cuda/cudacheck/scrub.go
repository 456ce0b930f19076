package cudacheck

import (
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

const (
	scrubbedMost = 4 * gpu.GiB
	// marker is a word that nothing else writes.
	marker = 0x5ea1ed01
)

// scrubs looks at memory after it was scrubbed, after it was given back without
// a scrub, and after its process ended.
func scrubs(s *session) error {
	d, err := s.openWith(cuda.Direct)
	if err != nil {
		return err
	}
	err = scrubOn(s, d)
	if err := errors.CombineErrors(err, d.Close()); err != nil {
		return err
	}
	b, err := s.bed()
	if err != nil {
		return err
	}
	err = staleOn(s, b)
	return errors.CombineErrors(err, b.close())
}

// scrubOn scrubs as an engine does, and has a byte found that was missed.
func scrubOn(s *session, d fullDevice) error {
	m, err := d.Memory()
	if err != nil {
		return err
	}
	unit := d.Info().Granularity
	size := share(s, m.Free/2, unit)
	id, err := d.Map(size)
	if err != nil {
		return err
	}
	at := gpu.Span{Extent: id, Size: size}
	p, err := randomBytes(1 << 16)
	if err != nil {
		return err
	}
	for _, part := range parts(at, gpu.BytesOf(len(p))) {
		if part.Offset%(64*gpu.BytesOf(len(p))) != 0 {
			continue // here and there is enough
		}
		if err := d.Write(part, p[:part.Size]); err != nil {
			return err
		}
	}
	before, err := d.NonZero(at)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := d.Zero(at); err != nil {
		return err
	}
	zeroed := time.Since(begin)
	after, err := d.NonZero(at)
	if err != nil {
		return err
	}
	proven := time.Since(begin) - zeroed
	var random dice
	missed := gpu.Span{Extent: id, Offset: gpu.Bytes(random.below(uint64(size))), Size: 1}
	if err := d.Write(missed, []byte{0x10}); err != nil {
		return err
	}
	bit, err := d.NonZero(at)
	if err != nil {
		return err
	}
	s.Check("scrub of "+size.String(), before && !after && bit, "bytes seen before: %t, after: %t, one bit of one byte afterwards: %t", before, after, bit)
	s.Number("zeroing", "GB/s", rate(size, zeroed))
	s.Number("proving that it is zero", "GB/s", rate(size, proven))
	return errors.CombineErrors(random.err, errors.CombineErrors(d.Zero(missed), d.Unmap(id)))
}

// share is how much memory a part looks at.
func share(s *session, spare, unit gpu.Bytes) gpu.Bytes {
	most := min(spare, scrubbedMost)
	if s.Simulated {
		most = min(most, 2*gpu.MiB)
	}
	return max(most-most%unit, unit)
}

// staleOn looks for what was left in memory without a scrub.
func staleOn(s *session, b *bed) error {
	f, err := b.load(kernels.Nonzero)
	if err != nil {
		return err
	}
	flag, err := b.region(b.unit)
	if err != nil {
		return err
	}
	spare, err := b.spare()
	if err != nil {
		return err
	}
	size := share(s, spare, b.unit)
	look := func(name string) error {
		dirty, marked, all, err := granules(b, f, size, flag)
		if err != nil {
			return err
		}
		s.Say(name, "of %d granules %d are not zero, %d hold what was left", all, dirty, marked)
		return nil
	}
	if err := look("memory of the driver as it comes"); err != nil {
		return err
	}
	x, err := b.region(size)
	if err != nil {
		return err
	}
	if err := errors.CombineErrors(x.fill(marker), x.free()); err != nil {
		return err
	}
	if err := look("memory that this process gave back without a scrub"); err != nil {
		return err
	}
	for _, c := range []struct{ part, name string }{
		{childExit, "memory of a process that ended without giving it back"},
		{childKilled, "memory of a process that was killed"},
	} {
		if !s.child(c.part, c.name) {
			continue
		}
		if err := look(c.name); err != nil {
			return err
		}
	}
	return flag.free()
}

// granules maps memory and counts the granules that are not zero, and those
// that begin with the marker. It gives the memory back zeroed.
func granules(b *bed, f functions, size gpu.Bytes, flag *region) (dirty, marked, all int, err error) {
	x, err := b.region(size)
	if err != nil {
		return 0, 0, 0, err
	}
	for at := gpu.Bytes(0); at < x.size; at += b.unit {
		all++
		there, err := b.nonzero(f, x.at(at), b.unit, flag.base)
		if err != nil {
			return 0, 0, 0, err
		}
		if !there {
			continue
		}
		dirty++
		word, err := b.word(x.at(at))
		if err != nil {
			return 0, 0, 0, err
		}
		if word == marker<<32|marker {
			marked++
		}
	}
	return dirty, marked, all, errors.CombineErrors(x.fill(0), x.free())
}
