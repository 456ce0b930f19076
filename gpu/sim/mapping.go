package sim

import (
	"unsafe"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
)

// mapping is the address range of one extent: granules between two guard
// pages. mem is valid until unmap. It is guarded by the device's mutex, but
// for the owning thread's use of mem.
type mapping struct {
	whole    unsafe.Pointer // with the guard pages
	length   uintptr
	size     gpu.Bytes
	mem      []byte
	granules []int
	prot     gpu.Protection
}

// mapGranules maps the granules one behind the other, readable and writable.
func mapGranules(p *physical, granules []int, size gpu.Bytes) (*mapping, error) {
	n, ok := size.Int()
	length, okL := size.Add(2 * pageSize)
	if !ok || !okL || n == 0 {
		return nil, errors.AssertionFailedf("sim: a mapping of %d bytes", uint64(size))
	}
	m := &mapping{length: uintptr(length), size: size, granules: granules}
	var err error
	m.whole, err = unix.MmapPtr(-1, 0, nil, m.length, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return nil, errors.Wrap(err, "sim: reserving addresses")
	}
	first := unsafe.Add(m.whole, uintptr(pageSize))
	if err := m.place(p, first); err != nil {
		return nil, errors.Join(err, m.unmap())
	}
	m.mem = unsafe.Slice((*byte)(first), n)
	if err := unix.Madvise(m.mem, unix.MADV_DONTDUMP); err != nil {
		return nil, errors.Join(errors.Wrap(err, "sim: keeping memory out of core dumps"), m.unmap())
	}
	return m, nil
}

// place maps each run of neighbouring granules with one call.
func (m *mapping) place(p *physical, at unsafe.Pointer) error {
	rest := m.granules
	for len(rest) > 0 {
		run := runLength(rest)
		place, err := p.offset(rest[0], 0)
		if err != nil {
			return err
		}
		length := uintptr(p.times(run))
		if _, err := unix.MmapPtr(p.fd, place, at, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_FIXED); err != nil {
			return errors.Wrap(err, "sim: mapping memory")
		}
		at = unsafe.Add(at, length)
		rest = rest[run:]
	}
	return nil
}

// runLength counts how many granules from the first follow one another.
func runLength(granules []int) int {
	for i := 1; i < len(granules); i++ {
		if granules[i] != granules[i-1]+1 {
			return i
		}
	}
	return len(granules)
}

func (m *mapping) protect(prot gpu.Protection) error {
	access := unix.PROT_READ | unix.PROT_WRITE
	if prot == gpu.ReadOnly {
		access = unix.PROT_READ
	}
	if err := unix.Mprotect(m.mem, access); err != nil {
		return errors.Wrap(err, "sim: protecting memory")
	}
	m.prot = prot
	return nil
}

// lock keeps the pages in memory from their first use on.
func (m *mapping) lock() error {
	return lockOnFault(unsafe.Pointer(unsafe.SliceData(m.mem)), uintptr(len(m.mem)))
}

func (m *mapping) unmap() error {
	m.mem = nil
	return errors.Wrap(unix.MunmapPtr(m.whole, m.length), "sim: unmapping memory")
}

// holds reports whether a faulting address is in the range, guards included.
func (m *mapping) holds(address uintptr) bool {
	start := uintptr(m.whole)
	return address >= start && address-start < m.length
}

func lockOnFault(at unsafe.Pointer, length uintptr) error {
	if _, _, errno := unix.Syscall(unix.SYS_MLOCK2, uintptr(at), length, unix.MLOCK_ONFAULT); errno != 0 {
		return errors.Wrap(errno, "sim: locking memory")
	}
	return nil
}

// canLock reports whether the host lets the process lock so much memory.
func canLock(size gpu.Bytes) (bool, error) {
	length := uintptr(size)
	at, err := unix.MmapPtr(-1, 0, nil, length, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return false, errors.Wrap(err, "sim: reserving addresses")
	}
	locked := lockOnFault(at, length) == nil
	return locked, errors.Wrap(unix.MunmapPtr(at, length), "sim: giving addresses back")
}
