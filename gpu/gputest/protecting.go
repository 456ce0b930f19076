package gputest

import (
	"bytes"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// protectable ends the case where the device does not honour protections.
func protectable(r *rig) bool {
	return r.offered(r.dev.Info().ReadOnlyMappings, "read-only mappings")
}

func protectReads(r *rig) {
	if !protectable(r) {
		return
	}
	id := r.mapped(1)
	p := pattern(10_000, 1)
	at := r.written(id, 5, p)
	r.ok(r.dev.Protect(id, gpu.ReadOnly))
	r.ok(r.dev.Protect(id, gpu.ReadOnly))
	if !bytes.Equal(r.contents(at), p) {
		r.Error("protecting changed the contents")
	}
	r.nonZero(at, true)
	r.digests(at, p)
	r.ok(r.dev.Protect(id, gpu.ReadWrite))
	r.written(id, 5, pattern(10_000, 2))
}

// protectCopies only asks for an error: whether it poisons the device is the
// driver's.
func protectCopies(r *rig) {
	if !protectable(r) {
		return
	}
	for _, store := range []func(at gpu.Span) error{
		func(at gpu.Span) error { return r.dev.Write(at, []byte{1, 2, 3}) },
		r.zeroes,
	} {
		id := r.mapped(1)
		at := r.written(id, 9, []byte{7, 8, 9})
		r.ok(r.dev.Protect(id, gpu.ReadOnly))
		if err := store(at); err == nil {
			r.Error("a copy into a read-only extent was accepted")
		} else if gpu.IsSticky(err) {
			r.ok(r.dev.Close())
			r.open()
			continue
		}
		if !bytes.Equal(r.contents(at), []byte{7, 8, 9}) {
			r.Error("a copy changed a read-only extent")
		}
	}
}

func (r *rig) zeroes(at gpu.Span) error { return r.dev.Zero(at) }

func protectStores(r *rig) {
	if !protectable(r) || !r.kernels() {
		return
	}
	id := r.mapped(1)
	at := r.written(id, 0, pattern(64, 1))
	r.ok(r.dev.Launch(fill(at, 1)))
	r.idle()
	r.ok(r.dev.Protect(id, gpu.ReadOnly))
	if err := r.dev.Launch(fill(at, 2)); err != nil {
		r.poisons("a launch that reports its own fault", err, gpu.ErrIllegalAddress)
	}
	_, err := r.dev.Memory()
	if err == nil {
		_, err = r.dev.Idle(time.Second)
	}
	r.poisons("the call after a store into a read-only extent", err, gpu.ErrIllegalAddress)
	r.staysPoisoned(id, gpu.ErrIllegalAddress)
}

func protectValues(r *rig) {
	id := r.mapped(1)
	r.refused("protection 77", r.dev.Protect(id, gpu.Protection(77)), gpu.ErrInvalidValue)
	r.written(id, 0, []byte{1})
}

// staysPoisoned checks that nothing works any more, but that the extents are
// still listed.
func (r *rig) staysPoisoned(id gpu.ExtentID, code gpu.Code) {
	r.Helper()
	for _, c := range calls(r.dev) {
		r.poisons(c.name, c.run(r.dev, id), code)
	}
	if len(r.dev.Extents()) == 0 || r.dev.Info().UUID == "" {
		r.Error("a poisoned device does not list its extents")
	}
}
