package sim

import (
	"bytes"
	"slices"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
)

// dirty counts the bytes that are not zero in granules that were used and are
// free again. Pages that the memory file does not hold are not read. Broken
// cells are zeroed first, and get their values back at the device's next call.
func (p *physical) dirty(broken map[cell]bool) (gpu.Bytes, error) {
	for at := range broken {
		if !slices.Contains(p.free, at.granule) {
			continue
		}
		if err := p.setBit(at, false); err != nil {
			return 0, err
		}
	}
	var sum gpu.Bytes
	buf := make([]byte, 16*pageSize)
	for _, g := range p.free {
		if g < 0 || g >= len(p.used) || !p.used[g] {
			continue
		}
		n, err := p.dirtyIn(g, buf)
		if err != nil {
			return 0, err
		}
		sum = sum.AddSat(n)
	}
	return sum, nil
}

func (p *physical) dirtyIn(g int, buf []byte) (gpu.Bytes, error) {
	var sum, at gpu.Bytes
	for at < p.granule {
		next, err := p.nextData(g, at)
		if err != nil {
			return 0, err
		}
		if next >= p.granule {
			return sum, nil
		}
		part := buf[:min(gpu.BytesOf(len(buf)), p.granule.SubSat(next))]
		if err := p.read(g, next, part); err != nil {
			return 0, err
		}
		nonZero := len(part) - bytes.Count(part, []byte{0})
		sum = sum.AddSat(gpu.BytesOf(nonZero))
		at = next.AddSat(gpu.BytesOf(len(part)))
	}
	return sum, nil
}

// nextData is the offset in the granule, from at on, of the next byte that
// the memory file holds, or the granule's size.
func (p *physical) nextData(g int, at gpu.Bytes) (gpu.Bytes, error) {
	start, errS := p.offset(g, 0)
	place, errP := p.offset(g, at)
	if err := errors.Join(errS, errP); err != nil {
		return 0, err
	}
	data, err := unix.Seek(p.fd, place, unix.SEEK_DATA)
	if errors.Is(err, unix.ENXIO) {
		return p.granule, nil
	}
	if err != nil || data < place {
		return 0, errors.Wrap(errors.Join(err, errors.New("no data found")), "sim: searching the memory file")
	}
	return min(gpu.BytesOf(int(data-start)), p.granule), nil
}
