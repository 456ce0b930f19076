package gputest

import (
	"errors"
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
)

func scripted(r *rig) bool {
	return r.offered(r.Fail != nil && r.Fired != nil, "scripted failures")
}

func failSticky(r *rig) {
	if !scripted(r) {
		return
	}
	for _, code := range []gpu.Code{gpu.ErrLost, gpu.ErrECC, gpu.ErrIllegalAddress, gpu.ErrLaunchFailed, gpu.ErrUnknown} {
		id := r.mapped(1)
		r.written(id, 0, pattern(100, 1))
		r.Fail(1, code, true)
		_, err := r.dev.Memory()
		r.poisons("the call that fails", err, code)
		r.staysPoisoned(id, code)
		r.ok(r.dev.Close())
		if r.Mapped != nil && r.Mapped() != 0 {
			r.Errorf("%d bytes are mapped after a poisoned device was closed", uint64(r.Mapped()))
		}
		r.open()
	}
}

// failPassing checks that one failure stays one failure.
func failPassing(r *rig) {
	if !scripted(r) {
		return
	}
	for _, c := range calls(r.dev) {
		id := r.mapped(1)
		r.written(id, 0, []byte{1})
		before := r.Fired()
		r.Fail(1, gpu.ErrNotSupported, false)
		r.refused(c.name, c.run(r.dev, id), gpu.ErrNotSupported)
		if r.Fired() != before+1 {
			r.Errorf("%s: the failure came %d times", c.name, r.Fired()-before)
		}
		if list := r.dev.Extents(); len(list) != 1 {
			r.Errorf("%s: %d extents after a call that failed", c.name, len(list))
		}
		r.written(id, 0, []byte{2})
		r.ok(r.dev.Unmap(id))
	}
}

// failEveryPosition runs a script once for each of its calls, and lets that
// one fail. Whatever happens, Close leaves nothing behind.
func failEveryPosition(r *rig) {
	if !scripted(r) {
		return
	}
	for sticky, code := range map[bool]gpu.Code{false: gpu.ErrNotSupported, true: gpu.ErrECC} {
		for nth := 1; ; nth++ {
			before := r.Fired()
			r.Fail(nth, code, sticky)
			err := script(r.dev)
			fired := r.Fired() > before
			if fired != (err != nil) || (fired && (!errors.Is(err, code) || gpu.IsSticky(err) != sticky)) {
				r.Errorf("call %d of the script: fired %t, %v", nth, fired, err)
			}
			closing := r.dev.Close()
			if r.Mapped != nil && r.Mapped() != 0 {
				r.Errorf("call %d of the script: %d bytes are mapped after Close", nth, uint64(r.Mapped()))
			}
			if r.Dirty != nil && !(sticky && r.DriverScrubs) {
				r.dirty(0)
			}
			if fired {
				r.ok(closing)
				r.open()
				continue
			}
			if closing != nil {
				r.Logf("a failing close: %v", closing)
			}
			r.Logf("%d positions", nth-1)
			r.open()
			break
		}
	}
}

// script uses a device as a shard's life does, and stops at the first error.
func script(d gpu.Device) error {
	unit := d.Info().Granularity
	id, err := d.Map(unit)
	if err != nil {
		return fmt.Errorf("map: %w", err)
	}
	all := gpu.Span{Extent: id, Size: unit}
	at := gpu.Span{Extent: id, Size: 20_000}
	for _, step := range []func() error{
		func() error { return d.Zero(all) },
		func() error { return writeThrough(d, at, pattern(at.Size, 1)) },
		func() error { return d.Protect(id, gpu.ReadOnly) },
		func() error { return digestOf(d, at) },
		func() error { _, err := d.Residency(id); return err },
		func() error { return digestOf(d, at) },
		func() error { return d.Protect(id, gpu.ReadWrite) },
		func() error { return d.Zero(all) },
		func() error { _, err := d.NonZero(all); return err },
		func() error { return testThrough(d, all) },
		func() error { return d.Unmap(id) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("script: %w", err)
		}
	}
	return nil
}

// testThrough tests a span where the device can.
func testThrough(d gpu.Device, at gpu.Span) error {
	tester, ok := d.(gpu.MemoryTester)
	if !ok {
		return nil
	}
	_, err := tester.TestMemory(at, 1)
	return err
}

// writeThrough writes p by way of host memory of the device, where it has such.
func writeThrough(d gpu.Device, at gpu.Span, p []byte) error {
	host, ok := d.(gpu.HostMemory)
	if !ok {
		return d.Write(at, p)
	}
	memory, err := host.AllocHost(at.Size)
	if err != nil {
		return err
	}
	copy(memory, p)
	if err := d.Write(at, memory); err != nil {
		return err
	}
	return host.FreeHost(memory)
}
