package actors

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// memtestWork tests all free memory of a quarantined device: every byte is
// written with two complementary patterns that differ from block to block, and
// checked, by the device itself where it can; then zeroed and proven zero. What
// fits into one extent is tested at a time, and all extents are held until the
// end, so that no memory is tested twice in place of other memory. What could not
// be scrubbed earlier is scrubbed and given back before, so that it is tested too.
type memtestWork struct {
	call    *call
	held    []heldBuffer
	tested  gpu.Bytes
	wrote   [2][]byte // the patterns, complements of each other
	read    []byte
	begun   bool
	returns bool // what is held is being given back
	full    bool // all free memory is held
	fault   error
}

// heldBuffer is memory that no shard uses and that is to be given back.
type heldBuffer struct {
	buffer *gpu.Buffer
	scrub  *gpu.Scrub
	shard  string // under whose id it is booked, or ""
}

// abandon keeps what a crashed test holds for the next one.
func (w *memtestWork) abandon(d *device) { d.rec.stuck, w.held = append(d.rec.stuck, w.held...), nil }

// memtestExtent is how much is written and read back in one slice.
const memtestExtent = 16 * gpu.MiB

func (w *memtestWork) class() class { return classControl }

func (w *memtestWork) fail(err error) { w.call.answer(nil, err) }

func (w *memtestWork) step(d *device, slice time.Duration) bool {
	if !w.begun { // what could not be scrubbed is tested with the rest, if it can be now
		d.tidy()
		w.begun = true
		w.held, d.rec.stuck = d.rec.stuck, nil
		w.returns = true
	}
	switch {
	case w.returns && len(w.held) > 0:
		w.giveBack(d, slice)
		return false
	case w.fault == nil && !w.full:
		w.returns = false
		if w.fault = w.call.ctx.Err(); w.fault == nil {
			w.fault = w.testNext(d)
		}
		w.returns = w.full || w.fault != nil
		return false
	case w.fault != nil:
		w.call.answer(nil, w.fault)
		return true
	}
	w.call.answer(w.tested, nil)
	return true
}

// testNext maps and tests the next extent.
func (w *memtestWork) testNext(d *device) error {
	m, err := d.rec.dev.Memory()
	if err != nil {
		return deviceError("", d.driver(err))
	}
	size := min(m.Free-m.Free%d.rec.info.Granularity, memtestExtent)
	if size == 0 {
		w.full = true
		return nil
	}
	if w.full = d.rec.book.MapExtent("", size) != nil; w.full {
		return nil // the rest is in use by others
	}
	b, err := d.rec.heap.Alloc(size)
	if err != nil {
		err = errors.CombineErrors(deviceError("", d.driver(err)), d.rec.book.UnmapExtent(size))
		d.tidy()
		return err
	}
	w.held = append(w.held, heldBuffer{buffer: b})
	w.tested = w.tested.AddSat(size)
	return w.test(d, b)
}

// test tests a buffer by the device's kernel, if it has one for that.
func (w *memtestWork) test(d *device, b *gpu.Buffer) error {
	tester, ok := d.rec.dev.(gpu.MemoryTester)
	if !ok {
		return w.testPatterns(d, b)
	}
	var seed [8]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return errors.Wrap(err, "the system gives no random numbers")
	}
	wrong, err := tester.TestMemory(b.Span(), binary.LittleEndian.Uint64(seed[:]))
	switch {
	case errors.Is(err, gpu.ErrNotSupported):
		return w.testPatterns(d, b)
	case err != nil:
		return deviceError("", d.driver(err))
	case wrong > 0:
		return w.failed(d)
	}
	return nil
}

func (w *memtestWork) failed(d *device) error {
	return fail(ErrQuarantined, "", "device %d failed its memory test: replace it", d.rec.index)
}

// testPatterns writes the patterns and reads them back.
func (w *memtestWork) testPatterns(d *device, b *gpu.Buffer) error {
	n, ok := b.Size().Int()
	if !ok {
		return errors.AssertionFailedf("a test extent of %d bytes", uint64(b.Size()))
	}
	w.makePatterns()
	for _, pattern := range w.wrote {
		if err := b.WriteAt(pattern[:n], 0); err != nil {
			return deviceError("", d.driver(err))
		}
		if err := b.ReadAt(w.read[:n], 0); err != nil {
			return deviceError("", d.driver(err))
		}
		if !bytes.Equal(pattern[:n], w.read[:n]) {
			return w.failed(d)
		}
	}
	return nil
}

// makePatterns fills in the two patterns, once.
func (w *memtestWork) makePatterns() {
	if w.read != nil {
		return
	}
	w.read = make([]byte, memtestExtent)
	for p := range w.wrote {
		w.wrote[p] = make([]byte, memtestExtent)
	}
	next := byte(0x5a)
	for i := range w.read {
		w.wrote[0][i], w.wrote[1][i] = next, ^next
		next += 167 // odd: all values in turn
		if i%int(gpu.BlockSize) == 0 {
			next++
		}
	}
}

// giveBack scrubs and frees the last buffer for one slice. What cannot be
// scrubbed stays with the device for the next test.
func (w *memtestWork) giveBack(d *device, slice time.Duration) {
	at := len(w.held) - 1
	done, err := w.held[at].free(d, slice)
	if err == nil && !done {
		return
	}
	if err != nil {
		d.rec.stuck = append(d.rec.stuck, w.held[at])
	}
	w.held = w.held[:at]
	if errors.Is(err, gpu.ErrScrubFailed) {
		err = errors.CombineErrors(w.failed(d), err)
	}
	w.fault = errors.CombineErrors(w.fault, deviceError("", d.driver(err)))
}

// free scrubs for one slice, and frees after the last.
func (h *heldBuffer) free(d *device, slice time.Duration) (bool, error) {
	if h.scrub == nil {
		scrub, err := d.rec.heap.Scrub(h.buffer)
		if err != nil {
			return false, err
		}
		h.scrub = scrub
	}
	if done, err := h.scrub.Step(slice); err != nil || !done {
		return false, err
	}
	unmapped, err := d.rec.heap.Free(h.scrub)
	if err != nil {
		return false, err
	}
	if h.shard != "" {
		return true, d.rec.book.Release(h.shard, unmapped)
	}
	return true, d.rec.book.UnmapExtent(unmapped)
}
