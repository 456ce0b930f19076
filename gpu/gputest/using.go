package gputest

import (
	"runtime"
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
)

func useUnknown(r *rig) {
	gone := r.mapped(1)
	r.ok(r.dev.Unmap(gone))
	for _, id := range []gpu.ExtentID{0, gone, gone + 1000} {
		for _, c := range slices.DeleteFunc(calls(r.dev), func(c call) bool { return !c.extent }) {
			r.refused(c.name, c.run(r.dev, id), gpu.ErrNotFound)
		}
	}
}

// useWrongThread calls everything from another thread, that is locked so that
// it cannot be the owner's.
func useWrongThread(r *rig) {
	id := r.mapped(1)
	at := r.written(id, 0, []byte{1, 2, 3})
	p, err := r.dev.Digest([]gpu.DigestJob{{Span: at}})
	r.ok(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		for _, c := range calls(r.dev) {
			r.refused(c.name, c.run(r.dev, id), gpu.ErrWrongThread)
		}
		_, err := p.Step(0)
		r.refused("step", err, gpu.ErrWrongThread)
		r.refused("close", r.dev.Close(), gpu.ErrWrongThread)
		if r.dev.Info().UUID == "" {
			r.Error("Info is empty on another thread")
		}
	}()
	<-done
	if got := r.contents(at); !slices.Equal(got, []byte{1, 2, 3}) {
		r.Error("a call from another thread changed the memory")
	}
	r.ok(p.Close())
}

func useAfterClose(r *rig) {
	id := r.mapped(1)
	at := r.written(id, 0, []byte{1})
	kept := r.kept(at).Kept
	p, err := r.dev.Digest([]gpu.DigestJob{{Span: at}})
	r.ok(err)
	r.ok(r.dev.Close())
	r.ok(r.dev.Close())
	for _, c := range calls(r.dev) {
		r.refused(c.name, c.run(r.dev, id), gpu.ErrClosed)
	}
	_, err = p.Step(0)
	r.refused("step", err, gpu.ErrClosed)
	_, err = kept.Check()
	r.refused("check", err, gpu.ErrClosed)
	r.ok(p.Close())
	r.ok(kept.Close())
	if r.dev.Info().Index != r.Index || len(r.dev.Extents()) != 0 {
		r.Error("a closed device tells other things than before")
	}
	r.open()
	r.written(r.mapped(1), 0, []byte{1})
}
