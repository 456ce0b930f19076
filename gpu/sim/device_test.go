package sim_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// small is a device that tests can fill.
func small() sim.Options {
	return sim.Options{Memory: 16 * gpu.MiB, Granularity: 64 * gpu.KiB, Faults: true}
}

// onDevice opens device 0 on a thread of its own, and runs fn there.
func onDevice(t *testing.T, o sim.Options, fn func(t *testing.T, d gpu.Device, c *sim.Control)) {
	t.Helper()
	o.Faults = true
	b, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Control(0)
	if err != nil {
		t.Fatal(err)
	}
	var d gpu.Device
	thread, err := gpu.NewThread(func() (err error) { d, err = b.Open(0); return err }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := thread.Do(t.Context(), func() {
		defer func() {
			if err := d.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}()
		fn(t, d, c)
	}); err != nil {
		t.Error(err)
	}
	if err := thread.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := c.Mapped(); n != 0 {
		t.Errorf("%d bytes are mapped after Close", n)
	}
}

// must fails the test, without ending the device's thread.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func wantCode(t *testing.T, err error, code gpu.Code, sticky bool) {
	t.Helper()
	if !errors.Is(err, code) || gpu.IsSticky(err) != sticky {
		t.Errorf("got %v, want %v (sticky %t)", err, code, sticky)
	}
}

func TestWriteDigestFlip(t *testing.T) {
	onDevice(t, small(), func(t *testing.T, d gpu.Device, c *sim.Control) {
		id, err := d.Map(128 * gpu.KiB)
		must(t, err)
		data := bytes.Repeat([]byte("weights "), 10_000)
		at := gpu.Span{Extent: id, Offset: 77, Size: gpu.BytesOf(len(data))}
		must(t, d.Write(at, data))
		must(t, d.Protect(id, gpu.ReadOnly))
		clean := digest(t, d, gpu.DigestJob{Span: at, Keep: true})
		if want := verity.Sum(data); clean.Digest != want {
			t.Errorf("digest %x, want %x", clean.Digest, want)
		}
		must(t, c.Flip(id, 77+50_000, 3))
		bad := digest(t, d, gpu.DigestJob{Span: at, Expect: clean.Kept})
		if bad.Digest == clean.Digest || bad.BadBlock != 50_000/4096 {
			t.Errorf("after the flip: same digest %t, bad block %d", bad.Digest == clean.Digest, bad.BadBlock)
		}
		must(t, clean.Kept.Close())
	})
}

func digest(t *testing.T, d gpu.Device, job gpu.DigestJob) gpu.DigestResult {
	t.Helper()
	p, err := d.Digest([]gpu.DigestJob{job})
	if err != nil {
		t.Error(err)
		return gpu.DigestResult{}
	}
	for {
		done, err := p.Step(time.Millisecond)
		if err != nil {
			t.Error(err)
			return gpu.DigestResult{}
		}
		if done {
			break
		}
	}
	results, err := p.Results()
	must(t, err)
	must(t, p.Close())
	if len(results) != 1 {
		t.Errorf("%d results", len(results))
		return gpu.DigestResult{}
	}
	return results[0]
}
