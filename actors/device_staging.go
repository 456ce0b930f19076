package actors

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// HostMemory is page-locked host memory of a device, on loan until Close: the
// device is not closed before. It belongs to one goroutine at a time.
type HostMemory struct {
	rec    *deviceRecord
	once   sync.Once
	memory []byte
}

// HostMemory lends zeroed page-locked memory of the device, which copies from
// faster than from other memory. It waits for the device's thread.
// gpu.ErrNotSupported for a device that has none; a driver's error when there
// is no more.
func (s *System) HostMemory(index int, size gpu.Bytes) (*HostMemory, error) {
	if index < 0 || index >= len(s.env.devices) {
		return nil, fail(ErrNotFound, "", "there is no device %d", index)
	}
	m := &HostMemory{rec: s.env.devices[index]}
	w := &hostWork{done: make(chan error, 1), do: func(d *device) error {
		dev, ok := d.rec.dev.(gpu.HostMemory)
		if !ok {
			return &gpu.Error{Op: "allocate host memory", Device: d.rec.index, Code: gpu.ErrNotSupported}
		}
		memory, err := dev.AllocHost(size)
		if err != nil {
			return deviceError("", d.driver(err))
		}
		m.memory = memory
		d.rec.loans.lend()
		return nil
	}}
	m.rec.submit(w)
	if err := <-w.done; err != nil {
		return nil, err
	}
	return m, nil
}

// Device is the index of the device that the loader loads to.
func (l *Loader) Device() int { return l.rec.device.index }

// Bytes is the memory itself.
func (m *HostMemory) Bytes() []byte { return m.memory }

// Wipe zeroes the first n bytes, or all if there are fewer, and makes sure that
// they are zero.
func (m *HostMemory) Wipe(n gpu.Bytes) error {
	used := m.memory
	if part, ok := n.Int(); ok && part < len(used) {
		used = used[:part]
	}
	clear(used)
	if bytes.Count(used, []byte{0}) != len(used) {
		return &gpu.Error{Op: "staging", Device: m.rec.index, Code: gpu.ErrScrubFailed}
	}
	return nil
}

// Close wipes the memory and ends the loan. It does not wait for the device's
// thread, which gives the memory back to the driver. It is idempotent.
func (m *HostMemory) Close() error {
	err := m.Wipe(gpu.MaxBytes)
	m.once.Do(func() {
		memory := m.memory
		m.memory = nil
		m.rec.submit(&hostWork{
			do: func(d *device) error { return d.driver(m.rec.freeHost(memory)) },
			then: func(err error) {
				if err != nil { // the device's closing tries again
					m.rec.loans.keep(memory)
				}
				m.rec.loans.back()
			},
		})
	})
	return err
}

// Format writes no byte of the memory, whatever the verb.
func (m *HostMemory) Format(f fmt.State, _ rune) {
	fmt.Fprint(f, "page-locked memory") //nolint:errcheck // a Formatter cannot report
}

// freeHost gives memory back to the driver, on the device's thread.
func (r *deviceRecord) freeHost(memory []byte) error {
	dev, ok := r.dev.(gpu.HostMemory)
	if !ok {
		return nil
	}
	return dev.FreeHost(memory)
}

// close gives back what is left of host memory, and closes the device. It runs
// on the device's thread.
func (r *deviceRecord) close() error {
	var all error
	for _, memory := range r.loans.kept() {
		all = errors.CombineErrors(all, r.freeHost(memory))
	}
	return errors.CombineErrors(all, r.dev.Close())
}

// hostWork allocates or frees host memory on the device's thread.
type hostWork struct {
	do   func(*device) error
	done chan error  // capacity 1, or nil
	then func(error) // or nil
}

func (w *hostWork) class() class { return classControl }

func (w *hostWork) step(d *device, _ time.Duration) bool {
	w.fail(w.do(d))
	return true
}

// fail tells how the work ended.
func (w *hostWork) fail(err error) {
	if w.then != nil {
		w.then(err)
	}
	if w.done != nil {
		w.done <- err
	}
}

// loans counts what is lent of a device. All is lent on the device's thread.
type loans struct {
	mu   sync.Mutex
	out  int
	left [][]byte      // wiped, and not given back to the driver yet
	none chan struct{} // closed when all is back, if somebody waits
}

func (l *loans) lend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out++
}

func (l *loans) back() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out--
	if l.out == 0 && l.none != nil {
		close(l.none)
		l.none = nil
	}
}

func (l *loans) keep(memory []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = append(l.left, memory)
}

func (l *loans) kept() [][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := l.left
	l.left = nil
	return left
}

// loanGrace is how long a source that is being read may keep a device from
// being closed.
const loanGrace = 5 * time.Second

// settled waits until all is back, and reports whether it is. Nothing is lent
// any more: the device's queue is closed.
func (l *loans) settled(ctx context.Context) bool {
	l.mu.Lock()
	if l.out == 0 {
		l.mu.Unlock()
		return true
	}
	none := make(chan struct{})
	l.none = none
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, loanGrace)
	defer cancel()
	select {
	case <-none:
		return true
	case <-ctx.Done():
		return false
	}
}
