package actors

import (
	"bytes"
	"context"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
)

// memtestWork tests all free memory of a quarantined device: every byte is
// written with two complementary patterns that differ from block to block, and
// read back; then zeroed and proven zero. What fits into one extent is tested
// at a time, and all extents are held until the end, so that no memory is
// tested twice in place of other memory.
type memtestWork struct {
	call   *call
	held   []heldBuffer
	tested gpu.Bytes
	wrote  [2][]byte // the patterns, complements of each other
	read   []byte
	full   bool // all free memory is held
	fault  error
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
	if !w.full && w.fault == nil {
		if err := w.call.ctx.Err(); err != nil {
			w.fault = err
			return false
		}
		w.fault = w.testNext(d)
		return false
	}
	if len(w.held) > 0 {
		w.giveBack(d, slice)
		return false
	}
	if w.fault != nil {
		w.call.answer(nil, w.fault)
		return true
	}
	w.call.answer(w.tested, nil)
	return true
}

// testNext maps and tests the next extent.
func (w *memtestWork) testNext(d *device) error {
	d.tidy()
	w.held, d.rec.stuck = append(w.held, d.rec.stuck...), nil
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
	return w.testPatterns(d, b)
}

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
			return fail(ErrQuarantined, "", "device %d failed its memory test: replace it", d.rec.index)
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

// Unquarantine takes a quarantined device into use again, after a memory test
// of all its free memory, on an operator's word. ErrConflict while shards are
// on it or if it is not quarantined, ErrQuarantined if the test fails.
func (s *System) Unquarantine(ctx context.Context, device int, operator string) error {
	if device < 0 || device >= len(s.env.devices) {
		return fail(ErrNotFound, "", "there is no device %d", device)
	}
	rec := s.env.devices[device]
	if state := rec.current(); state != DeviceQuarantined {
		return fail(ErrConflict, "", "device %d is %s, not quarantined", device, state)
	}
	if on := s.env.shards.list(func(x *shard) bool { return x.device == rec }); len(on) > 0 {
		return fail(ErrConflict, on[0].spec.ID, "%d shards are still on device %d: release them first", len(on), device)
	}
	c, err := s.env.calls.open(ctx, rec.unit, opControl)
	if err != nil {
		return err
	}
	rec.submit(&memtestWork{call: c})
	tested, err := await[gpu.Bytes](c)
	result := audit.ResultSuccess
	if err != nil {
		result = audit.ResultFailure
	}
	c = s.env.calls.inner(ctx, "auditor", opControl)
	s.env.write(audit.OperatorAction(operator, "device unquarantine", rec.info.UUID, result), func(err error) { c.answer(struct{}{}, err) })
	if _, werr := await[struct{}](c); werr != nil && err == nil {
		err = wrap(ErrAuditFailed, "", werr)
	}
	if err != nil {
		return err
	}
	s.env.log.Info("device passed its memory test", "gpu_device", device, "tested_bytes", uint64(tested))
	s.env.changeDevice(rec, DeviceActive, "an operator's word and a clean memory test")
	return nil
}
