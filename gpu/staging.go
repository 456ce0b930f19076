package gpu

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// Staging is host memory through which bytes pass on their way to a device:
// outside the Go heap, kept out of core dumps, and locked where the limits
// allow it. It is pageable memory to the driver (VP-003). Its owner hands it
// from goroutine to goroutine; Bytes must not be used after Close.
type Staging struct {
	once   sync.Once
	memory []byte
	err    error
}

// NewStaging maps size bytes of zeroed staging memory.
func NewStaging(size Bytes) (*Staging, error) {
	n, ok := size.Int()
	if !ok || n == 0 {
		return nil, &Error{Op: "staging", Device: -1, Code: ErrInvalidValue, Detail: fmt.Sprintf("%d bytes", uint64(size))}
	}
	memory, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, errors.Wrap(err, "gpu: host memory for staging")
	}
	if err := unix.Madvise(memory, unix.MADV_DONTDUMP); err != nil {
		return nil, errors.CombineErrors(errors.Wrap(err, "gpu: staging memory cannot be kept out of core dumps"), unix.Munmap(memory))
	}
	if err := unix.Mlock(memory); err != nil && !errors.Is(err, unix.ENOMEM) && !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EAGAIN) {
		return nil, errors.CombineErrors(errors.Wrap(err, "gpu: locking staging memory"), unix.Munmap(memory))
	}
	return &Staging{memory: memory}, nil
}

// Bytes is the memory itself.
func (s *Staging) Bytes() []byte { return s.memory }

// Wipe zeroes the first n bytes, or all if there are fewer, and makes sure that
// they are zero.
func (s *Staging) Wipe(n Bytes) error {
	used := s.memory
	if part, ok := n.Int(); ok && part < len(used) {
		used = used[:part]
	}
	clear(used)
	if bytes.Count(used, []byte{0}) != len(used) {
		return &Error{Op: "staging", Device: -1, Code: ErrScrubFailed}
	}
	return nil
}

// Close wipes the memory and gives it back. It is idempotent.
func (s *Staging) Close() error {
	s.once.Do(func() {
		s.err = errors.CombineErrors(s.Wipe(MaxBytes), unix.Munmap(s.memory))
		s.memory = nil
	})
	return s.err
}

// Format writes no byte of the memory, whatever the verb.
func (s *Staging) Format(f fmt.State, _ rune) {
	fmt.Fprint(f, "staging memory") //nolint:errcheck // a Formatter cannot report
}
