package cudacheck

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// The three ways to write into a mapping that was made read-only. Each spoils
// the context where the hardware stops it.

func storeIntoReadOnly(s *session) error {
	return writeIntoReadOnly(s, "a kernel's store into a read-only mapping", func(b *bed, x *region) (driver.Result, error) {
		f, err := b.load(kernels.Memtest)
		if err != nil {
			return driver.Success, err
		}
		count, err := b.region(b.unit)
		if err != nil {
			return driver.Success, err
		}
		return b.lib.Launch(f[kernels.Memtest], kernels.StrideGrid(b.processors, x.size), kernels.Block(), 0, b.stream,
			[]uint64{uint64(x.base), uint64(x.size), patternSeed, uint64(kernels.MemtestWrite), uint64(count.base)}), nil
	})
}

func memsetOfReadOnly(s *session) error {
	return writeIntoReadOnly(s, "a memset of a read-only mapping", func(b *bed, x *region) (driver.Result, error) {
		return b.lib.Fill32(x.base, marker, x.size, b.stream), nil
	})
}

func copyIntoReadOnly(s *session) error {
	p, err := randomBytes(4096)
	if err != nil {
		return err
	}
	return writeIntoReadOnly(s, "a copy into a read-only mapping", func(b *bed, x *region) (driver.Result, error) {
		return b.lib.CopyToDevice(x.base, p, b.stream), nil
	})
}

// writeIntoReadOnly prepares memory that is zero and read-only, has something
// write to it, and reports what each call answers.
func writeIntoReadOnly(s *session, what string, write func(b *bed, x *region) (driver.Result, error)) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	x, err := b.region(b.unit)
	if err != nil {
		return err
	}
	if err := x.fill(0); err != nil {
		return err
	}
	if r := b.lib.SetAccess(x.base, x.size, b.handle, driver.AccessRead); r != driver.Success {
		s.Say(what, "cannot be tried: cuMemSetAccess answered %s", spell(r))
		return b.close()
	}
	call, err := write(b, x)
	if err != nil {
		return err
	}
	waited := b.lib.SynchronizeStream(b.stream)
	_, next := b.lib.CreateEvent(false)
	stopped := call != driver.Success || waited != driver.Success || next != driver.Success
	s.Say(what, "the call answered %s, the wait %s, the next call %s", spell(call), spell(waited), spell(next))
	if stopped {
		// The context is of no use any more; the process ends with it.
		s.Check(what+", is it stopped", true, "yes")
		return nil
	}
	word, err := b.word(x.base)
	if err != nil {
		return err
	}
	kept := "unchanged"
	if word != 0 {
		kept = "changed: only a digest finds it"
	}
	s.Say(what+", is it stopped", "no call failed; the memory is %s", kept)
	return errors.CombineErrors(x.access(driver.AccessReadWrite), b.close())
}
