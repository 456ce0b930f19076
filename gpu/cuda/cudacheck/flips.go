package cudacheck

import (
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

const (
	// flipped is how many bits are flipped, each alone.
	flipped = 1000
	// flippedIn is the size of the shard: no whole number of blocks.
	flippedIn          = 64*gpu.MiB + 1234
	flippedInSimulated = 16*gpu.KiB + 1234
)

// flips inverts single bits, at random, of memory that was digested, and wants
// each found in its block.
func flips(s *session) error {
	d, err := s.openWith(cuda.Direct)
	if err != nil {
		return err
	}
	err = flipsOn(s, d)
	return errors.CombineErrors(err, d.Close())
}

func flipsOn(s *session, d fullDevice) error {
	size := flippedIn
	m, err := d.Memory()
	if err != nil {
		return err
	}
	if s.Simulated || m.Free/4 < size {
		size = flippedInSimulated
	}
	n, ok := size.Int()
	room, okRoom := size.RoundUp(d.Info().Granularity)
	if !ok || !okRoom {
		return errors.New("cudacheck: no memory for flips")
	}
	data, err := randomBytes(n)
	if err != nil {
		return err
	}
	id, err := d.Map(room)
	if err != nil {
		return err
	}
	at := gpu.Span{Extent: id, Size: size}
	if err := d.Write(at, data); err != nil {
		return err
	}
	sealed, err := digested(d, gpu.DigestJob{Span: at, Keep: true}, slice)
	if err != nil {
		return err
	}
	err = flipMany(s, d, at, data, sealed)
	return errors.CombineErrors(err, errors.CombineErrors(sealed.Kept.Close(), d.Unmap(id)))
}

func flipMany(s *session, d fullDevice, at gpu.Span, data []byte, sealed gpu.DigestResult) error {
	found, located, tried := 0, 0, s.fewer(flipped, flipped/20)
	var took []time.Duration
	var random dice
	for range tried {
		place, bit := random.below(uint64(at.Size)), random.below(8)
		one := gpu.Span{Extent: at.Extent, Offset: gpu.Bytes(place), Size: 1}
		if err := d.Write(one, []byte{data[place] ^ 1<<bit}); err != nil {
			return err
		}
		begin := time.Now()
		result, err := digested(d, gpu.DigestJob{Span: at, Expect: sealed.Kept}, slice)
		if err != nil {
			return err
		}
		took = append(took, time.Since(begin))
		if result.Digest != sealed.Digest {
			found++
		}
		if result.BadBlock == int64(place/uint64(gpu.BlockSize)) { //nolint:gosec // the number of a block
			located++
		}
		if err := d.Write(one, data[place:place+1]); err != nil {
			return err
		}
	}
	again, err := digested(d, gpu.DigestJob{Span: at, Expect: sealed.Kept}, slice)
	if err != nil {
		return err
	}
	s.Check("single bits flipped", found == tried && located == tried, "%d of %d found, %d in the right block of %s", found, tried, located, at.Size)
	s.Check("after all were flipped back", again.Digest == sealed.Digest && again.BadBlock == gpu.NoBlock, "the digest is as before")
	s.Number("check of "+at.Size.String()+" that locates a flip", "ms", milliseconds(took)...)
	return random.err
}
