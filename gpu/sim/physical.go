package sim

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
)

// physical is the memory of one device: a sparse memory file in granules. Its
// contents outlive mappings. It is guarded by the device's mutex.
type physical struct {
	fd      int
	granule gpu.Bytes
	used    []bool // granules that were mapped once
	free    []int  // a stack: the last one is handed out next
	fresh   []int  // those that the last take handed out for the first time
	order   *rand.Rand
}

// newPhysical makes the memory. A hostile one hands granules out in an order
// of the seed.
func newPhysical(o Options) (*physical, error) {
	size, okS := o.Memory.Int64()
	count, okC := (o.Memory / o.Granularity).Int()
	if !okS || !okC {
		return nil, errors.Wrapf(ErrInvalidOptions, "a memory of %s", o.Memory)
	}
	fd, err := unix.MemfdCreate("vram-engine-sim", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, errors.Wrap(err, "sim: making the memory file")
	}
	if err := unix.Ftruncate(fd, size); err != nil {
		return nil, errors.Join(errors.Wrap(err, "sim: sizing the memory file"), unix.Close(fd))
	}
	p := &physical{fd: fd, granule: o.Granularity, used: make([]bool, count)}
	for i := range count {
		p.free = append(p.free, count-1-i)
	}
	if o.Hostile {
		p.order = rand.New(rand.NewPCG(o.Seed, 0)) //nolint:gosec // an order that can be repeated, not a secret
	}
	return p, nil
}

// available is the memory that is mapped nowhere.
func (p *physical) available() gpu.Bytes {
	return p.times(len(p.free))
}

func (p *physical) times(granules int) gpu.Bytes {
	size, ok := p.granule.Mul(uint64(gpu.BytesOf(granules)))
	if !ok {
		return gpu.MaxBytes
	}
	return size
}

// take hands out n granules with whatever they contain, or none. A granule
// that a hostile device hands out for the first time is filled with a pattern.
func (p *physical) take(n int) ([]int, error) {
	if n <= 0 || n > len(p.free) {
		return nil, errors.Newf("sim: %d granules of %d are free", len(p.free), len(p.used))
	}
	if p.order != nil {
		p.order.Shuffle(len(p.free), func(i, j int) { p.free[i], p.free[j] = p.free[j], p.free[i] })
	}
	rest := len(p.free) - n
	taken := slices.Clone(p.free[rest:])
	if p.order == nil {
		slices.Sort(taken)
	}
	p.fresh = nil
	for _, g := range taken {
		if err := p.firstUse(g); err != nil {
			p.forget()
			return nil, err
		}
	}
	p.free = p.free[:rest]
	return taken, nil
}

func (p *physical) firstUse(g int) error {
	if g < 0 || g >= len(p.used) || p.used[g] {
		return nil
	}
	p.used[g] = true
	p.fresh = append(p.fresh, g)
	if p.order == nil {
		return nil
	}
	page := bytes.Repeat([]byte{0xa5, 0x5a, 0xfe, 0xed}, int(pageSize/4))
	for at := gpu.Bytes(0); at < p.granule; at = at.AddSat(pageSize) {
		if err := p.write(g, at, page); err != nil {
			return err
		}
	}
	return nil
}

// give puts granules back on top of the stack, with their contents.
func (p *physical) give(granules []int) {
	for _, g := range slices.Backward(granules) {
		p.free = append(p.free, g)
	}
}

// giveUnused puts back the granules of the last take, which were not used.
func (p *physical) giveUnused(granules []int) {
	p.give(granules)
	p.forget()
}

// forget lets the granules that the last take touched first be as new: the
// pattern that a hostile device wrote into them is nobody's dirt.
func (p *physical) forget() {
	for _, g := range p.fresh {
		if g >= 0 && g < len(p.used) {
			p.used[g] = false
		}
	}
	p.fresh = nil
}

// offset is the place of a byte of a granule in the memory file.
func (p *physical) offset(g int, at gpu.Bytes) (int64, error) {
	pos, ok := p.times(g).Add(at)
	place, okP := pos.Int64()
	if !ok || !okP || g < 0 || g >= len(p.used) || at >= p.granule {
		return 0, errors.AssertionFailedf("sim: byte %d of granule %d is not in the memory", uint64(at), g)
	}
	return place, nil
}

func (p *physical) write(g int, at gpu.Bytes, b []byte) error {
	place, err := p.offset(g, at)
	if err != nil {
		return err
	}
	n, err := unix.Pwrite(p.fd, b, place)
	if err != nil {
		return errors.Wrap(err, "sim: writing the memory file")
	}
	if n != len(b) {
		return errors.Newf("sim: the memory file took %d of %d bytes", n, len(b))
	}
	return nil
}

func (p *physical) read(g int, at gpu.Bytes, b []byte) error {
	place, err := p.offset(g, at)
	if err != nil {
		return err
	}
	n, err := unix.Pread(p.fd, b, place)
	if err != nil {
		return errors.Wrap(err, "sim: reading the memory file")
	}
	if n != len(b) {
		return errors.Newf("sim: the memory file gave %d of %d bytes", n, len(b))
	}
	return nil
}

// scrub zeroes granules and gives their pages back to the host.
func (p *physical) scrub(granules []int) error {
	length, ok := p.granule.Int64()
	if !ok {
		return errors.AssertionFailedf("sim: a granule of %d bytes", uint64(p.granule))
	}
	for _, g := range granules {
		place, err := p.offset(g, 0)
		if err != nil {
			return err
		}
		if err := unix.Fallocate(p.fd, unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, place, length); err != nil {
			return errors.Wrap(err, "sim: scrubbing the memory file")
		}
	}
	return nil
}

func (p *physical) close() error {
	return errors.Wrap(unix.Close(p.fd), "sim: closing the memory file")
}
