package seal

import (
	"sync"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// pageSize is the smallest page of memory that Linux has.
const pageSize = 4096

// page is one page of memory outside the Go heap, which neither swaps nor
// appears in a core dump, as far as the system allows; where it does not, a
// note says so. With memfd_secret not even root can read it through the
// kernel.
type page struct {
	mu    sync.RWMutex
	mem   []byte // nil once closed
	notes []string
}

// newPage maps a page, by secret if that succeeds, lets fill write to it, and
// makes it read-only.
func newPage(secret func() ([]byte, error), fill func(mem []byte) error) (*page, error) {
	p := &page{}
	mem, err := secret()
	if err != nil {
		p.note(errors.Wrap(err, "keys are in ordinary memory, since memfd_secret cannot be used"))
		mem, err = unix.Mmap(-1, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		if err != nil {
			return nil, errors.Wrap(err, "seal: map a page for keys")
		}
		p.note(errors.Wrap(unix.Mlock(mem), "keys may be swapped out (raise RLIMIT_MEMLOCK): mlock"))
		p.note(errors.Wrap(unix.Madvise(mem, unix.MADV_WIPEONFORK), "keys stay in a forked process: madvise"))
	}
	p.note(errors.Wrap(unix.Madvise(mem, unix.MADV_DONTDUMP), "keys may appear in a core dump: madvise"))
	p.mem = mem
	if err := fill(mem); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := unix.Mprotect(mem, unix.PROT_READ); err != nil {
		return nil, errors.Join(errors.Wrap(err, "seal: protect the keys"), p.close())
	}
	return p, nil
}

// mapSecret maps a page of memfd_secret memory.
func mapSecret() ([]byte, error) {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	if err != nil {
		return nil, err
	}
	mem, err := mapFile(fd)
	if cerr := unix.Close(fd); cerr != nil && err == nil {
		return nil, errors.Join(cerr, unix.Munmap(mem))
	}
	return mem, err
}

func mapFile(fd int) ([]byte, error) {
	if err := unix.Ftruncate(fd, pageSize); err != nil {
		return nil, err
	}
	return unix.Mmap(fd, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// note keeps what the system did not allow.
func (p *page) note(err error) {
	if err != nil {
		p.notes = append(p.notes, err.Error())
	}
}

// use lets f read the page, which cannot be closed meanwhile.
func (p *page) use(f func(mem []byte) error) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.mem == nil {
		return ErrKeyClosed
	}
	return f(p.mem)
}

// close zeroes the page and unmaps it, after the last user is done. Closing
// again does nothing.
func (p *page) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mem == nil {
		return nil
	}
	mem := p.mem
	p.mem = nil
	if err := unix.Mprotect(mem, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		// It cannot be zeroed here, but the kernel zeroes it when it reuses it.
		return errors.Wrap(errors.Join(err, unix.Munmap(mem)), "seal: zero the keys")
	}
	clear(mem)
	return errors.Wrap(unix.Munmap(mem), "seal: unmap the keys")
}
