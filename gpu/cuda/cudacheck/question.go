package cudacheck

import (
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// questions asks what documentation leaves open. What spoils a context is
// asked in processes of its own.
func questions(s *session) error {
	if err := pointers(s); err != nil {
		return err
	}
	for _, c := range children() {
		if !strings.HasPrefix(c.Name, partQuestion+"/") || c.Name == childNeighbour {
			continue
		}
		s.child(c.Name, c.About)
	}
	return together(s)
}

// pointers asks for every attribute of addresses of different kinds.
func pointers(s *session) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	return errors.CombineErrors(pointersOn(s, b), b.close())
}

func pointersOn(s *session, b *bed) error {
	open, err := b.region(b.unit)
	if err != nil {
		return err
	}
	sealed, err := b.region(b.unit)
	if err != nil {
		return err
	}
	if err := sealed.access(driver.AccessRead); err != nil {
		s.Say("attributes of memory that is read-only", "the mapping cannot be made so: %v", err)
	} else {
		s.attributes(b, "memory that is read-only", sealed.base)
		if err := sealed.access(driver.AccessReadWrite); err != nil {
			return err
		}
	}
	s.attributes(b, "memory that is read and written", open.base)
	s.attributes(b, "memory that is read and written, its last byte", open.at(open.size-1))
	pinned, r := b.lib.AllocateHost(64 * gpu.KiB)
	if r == driver.Success {
		s.attributes(b, "page-locked host memory", hostAddress(pinned))
		if err := answered("cuMemFreeHost", b.lib.FreeHost(pinned)); err != nil {
			return err
		}
	}
	heap := make([]byte, 4096)
	s.attributes(b, "memory of the Go heap", hostAddress(heap))
	second, err := secondMapping(b)
	if err != nil {
		return err
	}
	s.Say("a second, writable mapping of memory that is read-only elsewhere", "%s", second)
	return errors.CombineErrors(open.free(), sealed.free())
}

// attributes writes what the driver says of an address: values, and of
// addresses only that there are such.
func (s *session) attributes(b *bed, what string, at driver.Ptr) {
	var text []string
	for a := driver.PointerContext; a <= driver.PointerMemoryBlockID; a++ {
		name := strings.ToLower(strings.TrimPrefix(a.Name(), "CU_POINTER_ATTRIBUTE_"))
		if name == "" {
			continue
		}
		value, r := b.lib.PointerAttribute(a, at)
		text = append(text, name+" "+shown(a, value, r))
	}
	s.Say("attributes of "+what, "%s", strings.Join(text, ", "))
}

// secondMapping maps memory twice, and writes to it through one mapping while
// the other is read-only.
func secondMapping(b *bed) (string, error) {
	x, err := b.region(b.unit)
	if err != nil {
		return "", err
	}
	if err := x.fill(0); err != nil {
		return "", err
	}
	if r := b.lib.SetAccess(x.base, x.size, b.handle, driver.AccessRead); r != driver.Success {
		return "cannot be tried: cuMemSetAccess answered " + spell(r), x.free()
	}
	handle, r := b.lib.RetainHandle(x.base)
	if r != driver.Success {
		return "the handle cannot be had back: " + spell(r), x.free()
	}
	y := &region{b: b, size: x.size, memory: handle, created: true}
	b.later(y.free)
	if y.base, r = b.lib.ReserveAddress(y.size, b.unit); r != driver.Success {
		return "", answered("cuMemAddressReserve", r)
	}
	y.reserved = true
	if r = b.lib.Map(y.base, y.size, y.memory); r != driver.Success {
		return "refused by cuMemMap: " + spell(r), errors.CombineErrors(y.free(), x.free())
	}
	y.mapped = true
	if r = b.lib.SetAccess(y.base, y.size, b.handle, driver.AccessReadWrite); r != driver.Success {
		return "refused by cuMemSetAccess: " + spell(r), errors.CombineErrors(y.free(), x.free())
	}
	if err := y.fill(marker); err != nil {
		return "", err
	}
	word, err := b.word(x.base)
	text := "is possible, and changes what the first one shows"
	if word != marker<<32|marker {
		text = "is possible, and does not change what the first one shows"
	}
	return text, errors.CombineErrors(err, errors.CombineErrors(y.free(), x.free()))
}

// together has another process use the device while this one does.
func together(s *session) error {
	d, err := s.openWith(cuda.Direct)
	if err != nil {
		return err
	}
	s.child(childNeighbour, "two processes on one GPU")
	unit := d.Info().Granularity
	id, err := d.Map(unit)
	if err == nil {
		_, err = digested(d, gpu.DigestJob{Span: gpu.Span{Extent: id, Size: unit}}, slice)
	}
	s.Check("two processes on one GPU, the first afterwards", err == nil, "mapped and digested: %s", outcome(err))
	return d.Close()
}

// oldTarget loads the module as it is for compute capability 7.0.
func oldTarget(s *session) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	text, err := kernels.PTX(70)
	if err != nil {
		return errors.CombineErrors(err, b.close())
	}
	m, complaint, r := b.lib.LoadModule(text)
	line, _, _ := strings.Cut(strings.TrimSpace(complaint), "\n")
	s.Say("a module with .target sm_70", "%s %s", spell(r), line)
	if r == driver.Success {
		err = answered("cuModuleUnload", b.lib.UnloadModule(m))
	}
	return errors.CombineErrors(err, b.close())
}
