package actors

import (
	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/ledger"
)

// The device keeps one scratch buffer for callbacks, an extent of its own that
// is never sealed, and replaces it by a larger one when it must. Between
// callbacks all of it is zero.

// scratchRoom returns the scratch buffer with room for size bytes behind the
// used ones. Within one callback it cannot move: views point into it.
func (d *device) scratchRoom(used, size gpu.Bytes) (*gpu.Buffer, error) {
	need, ok := used.Add(size)
	if !ok {
		return nil, fail(ErrInvalid, "", "%d bytes of scratch memory are more than an address can count", uint64(size))
	}
	if b := d.rec.scratch; b != nil && need <= b.Size() {
		return b, d.firstWipe()
	}
	if used > 0 {
		return nil, fail(ErrInvalid, "", "scratch memory is exhausted: ask for the largest piece first")
	}
	if err := d.dropScratch(); err != nil {
		return nil, err
	}
	whole, ok := need.RoundUp(d.rec.info.Granularity)
	if !ok {
		return nil, fail(ErrInvalid, "", "%d bytes of scratch memory are more than an address can count", uint64(size))
	}
	least := whole
	whole = max(whole, scratchLeast)
	err := d.rec.book.MapExtent("", whole)
	if errors.Is(err, ledger.ErrInsufficient) && least < whole {
		whole = least
		err = d.rec.book.MapExtent("", whole)
	}
	if err != nil {
		return nil, err
	}
	b, err := d.rec.heap.Alloc(whole)
	if err != nil {
		err = errors.CombineErrors(deviceError("", d.driver(err)), d.rec.book.UnmapExtent(whole))
		d.tidy()
		return nil, err
	}
	d.rec.scratch, d.rec.wiped = b, false
	return b, d.firstWipe()
}

// spareScratch gives the scratch buffer back to make room for a shard, unless a
// callback is using it. It reports whether there is more room now.
func (d *device) spareScratch() bool {
	return d.rec.scratch != nil && !d.rec.scratching && d.dropScratch() == nil
}

// firstWipe zeroes the scratch buffer once, before any callback sees it.
func (d *device) firstWipe() error {
	if d.rec.wiped {
		return nil
	}
	if err := d.rec.dev.Zero(d.rec.scratch.Span()); err != nil {
		return deviceError("", d.driver(err))
	}
	d.rec.wiped = true
	return nil
}

// scratchLeast leaves most callbacks room for several pieces.
const scratchLeast = 8 * gpu.MiB

// cleanScratch wipes what a callback used. A device that cannot do so is not
// used any more.
func (d *device) cleanScratch(used gpu.Bytes) error {
	err := d.wipeScratch(used)
	d.rec.wiped = d.rec.wiped && err == nil
	d.rec.scratching = false
	if err != nil && !gpu.IsSticky(err) {
		d.quarantine("scratch memory could not be proven zero")
	}
	return err
}

// wipeScratch zeroes what a callback used and proves it.
func (d *device) wipeScratch(used gpu.Bytes) error {
	if d.rec.scratch == nil || used == 0 {
		return nil
	}
	span := d.rec.scratch.Span()
	span.Size = min(used, span.Size)
	if err := d.rec.dev.Zero(span); err != nil {
		return deviceError("", d.driver(err))
	}
	dirty, err := d.rec.dev.NonZero(span)
	if err != nil {
		return deviceError("", d.driver(err))
	}
	if dirty {
		return &gpu.Error{Op: "scrub", Device: d.rec.index, Code: gpu.ErrScrubFailed}
	}
	return nil
}

// dropScratch gives the scratch buffer back.
func (d *device) dropScratch() error {
	b := d.rec.scratch
	if b == nil {
		return nil
	}
	scrub, err := d.rec.heap.Scrub(b)
	for done := false; err == nil && !done; {
		done, err = scrub.Step(d.sliceTime())
	}
	if err != nil {
		return deviceError("", d.driver(err))
	}
	unmapped, err := d.rec.heap.Free(scrub)
	if err != nil {
		return deviceError("", d.driver(err))
	}
	d.rec.scratch = nil
	return d.rec.book.UnmapExtent(unmapped)
}
