package cudacheck

import (
	"time"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// wildAccess lets a kernel read what is not mapped any more, and then tries to
// go on in the same process with another context.
func wildAccess(s *session) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	f, err := b.load(kernels.Nonzero)
	if err != nil {
		return err
	}
	flag, err := b.region(b.unit)
	if err != nil {
		return err
	}
	gone, err := b.region(b.unit)
	if err != nil {
		return err
	}
	address, size := gone.base, gone.size
	if err := gone.free(); err != nil {
		return err
	}
	before, _, r := b.lib.MemoryInfo()
	if r != driver.Success {
		return answered("cuMemGetInfo", r)
	}
	launched := b.lib.Launch(f[kernels.Nonzero], kernels.StrideGrid(b.processors, size), kernels.Block(), 0, b.stream,
		[]uint64{uint64(address), uint64(size), uint64(flag.base)})
	waited := b.lib.SynchronizeStream(b.stream)
	_, _, next := b.lib.MemoryInfo()
	s.Say("a read outside of all memory", "the launch answered %s, the wait %s, the next call %s", spell(launched), spell(waited), spell(next))
	s.Check("a read outside of all memory, is it reported", waited != driver.Success || next != driver.Success, "after the launch")
	begin := time.Now()
	unmapped := b.lib.Unmap(flag.base, flag.size)
	destroyed := b.lib.DestroyContext(b.context)
	s.Say("giving memory back afterwards", "cuMemUnmap answered %s, cuCtxDestroy %s, in %.1f ms", spell(unmapped), spell(destroyed), time.Since(begin).Seconds()*1e3)
	again := &bed{lib: b.lib, handle: b.handle, unit: b.unit, total: b.total, capability: b.capability, processors: b.processors, clock: b.clock}
	if err := again.prepare(); err != nil {
		s.Say("another context in the same process", "cannot be made: %v", err)
		return nil
	}
	after, _, r := again.lib.MemoryInfo()
	s.Say("another context in the same process", "is made; free memory %s before, %s now (%s)", before, after, spell(r))
	s.Say("work in it", "%s", outcome(worksAgain(again)))
	return again.close()
}

// worksAgain maps, writes and reads.
func worksAgain(b *bed) error {
	x, err := b.region(b.unit)
	if err != nil {
		return err
	}
	f, err := b.load(kernels.Nonzero)
	if err != nil {
		return err
	}
	if err := x.fill(0); err != nil {
		return err
	}
	_, err = b.nonzero(f, x.base, x.size/2, x.at(x.size/2))
	return err
}
