package actors

import (
	"fmt"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// View stands for a range of device memory inside an Execute callback: a
// shard, which kernels can only read, or scratch memory. It holds an index
// into the run's table and no address, and is worthless outside its run.
type View struct{ index int }

// String tells a view from any other without saying where it is.
func (v View) String() string { return fmt.Sprintf("view(%d)", v.index) }

// Run is what an Execute callback works with. It is valid only during the
// callback, on the callback's goroutine, which owns the device's thread.
type Run struct {
	d      *device
	shards map[string]View
	table  []viewed
	over   bool
	used   gpu.Bytes // of the scratch buffer
}

type viewed struct {
	span    gpu.Span
	scratch bool
}

func newRun(d *device, shards []*shard) *Run {
	r := &Run{d: d, shards: make(map[string]View, len(shards)), table: []viewed{{}}} // view 0 is no view
	for _, s := range shards {
		r.shards[s.spec.ID] = r.enter(viewed{span: s.buffer.Span()})
	}
	return r
}

func (r *Run) enter(v viewed) View {
	r.table = append(r.table, v)
	return View{len(r.table) - 1}
}

func (r *Run) look(v View) (viewed, error) {
	if r.over {
		return viewed{}, fail(ErrInvalid, "", "the callback that this Run belongs to has returned")
	}
	if v.index <= 0 || v.index >= len(r.table) {
		return viewed{}, fail(ErrInvalid, "", "the view is not one of this Run")
	}
	return r.table[v.index], nil
}

// Shard returns the view of a shard that the request named. Its bytes were
// verified after the request arrived. ErrNotFound for any other id.
func (r *Run) Shard(id string) (View, error) {
	v, ok := r.shards[id]
	if !ok || r.over {
		return View{}, fail(ErrNotFound, id, "the request does not name it")
	}
	return v, nil
}

// Size returns the view's size in bytes.
func (r *Run) Size(v View) (gpu.Bytes, error) {
	t, err := r.look(v)
	return t.span.Size, err
}

// Scratch returns zeroed device memory for intermediate values and results,
// aligned to 4 KiB. It is scrubbed after the callback. gpu.ErrOutOfMemory or a
// *ledger.InsufficientError when there is no room.
func (r *Run) Scratch(size gpu.Bytes) (View, error) {
	if r.over || size == 0 {
		return View{}, fail(ErrInvalid, "", "scratch memory of %d bytes was asked for, or after the callback", uint64(size))
	}
	b, err := r.d.scratchRoom(r.used, size)
	if err != nil {
		return View{}, err
	}
	span := b.Span()
	at, ok := span.Offset.Add(r.used)
	end, fits := r.used.AddSat(size).RoundUp(gpu.BlockSize)
	if !ok || !fits {
		return View{}, errors.AssertionFailedf("scratch memory beyond the address space")
	}
	r.used = end
	return r.enter(viewed{span: gpu.Span{Extent: span.Extent, Offset: at, Size: size}, scratch: true}), nil
}

// Launch runs a registered kernel. The arguments are Views, uint32s and
// uint64s; views become addresses only inside the device. It may return before
// the kernel has finished: Read waits, and so does the engine.
func (r *Run) Launch(kernel string, grid, block gpu.Dim3, args ...any) error {
	launch := gpu.Launch{Kernel: kernel, Grid: grid, Block: block}
	for i, a := range args {
		switch a := a.(type) {
		case View:
			t, err := r.look(a)
			if err != nil {
				return err
			}
			launch.Args = append(launch.Args, gpu.SpanArg(t.span))
		case uint32:
			launch.Args = append(launch.Args, gpu.Uint32Arg(a))
		case uint64:
			launch.Args = append(launch.Args, gpu.Uint64Arg(a))
		default:
			return fail(ErrInvalid, "", "argument %d of kernel %q is a %T: pass a View, a uint32 or a uint64", i, kernel, a)
		}
	}
	if r.over {
		return fail(ErrInvalid, "", "the callback that this Run belongs to has returned")
	}
	return deviceError("", r.d.driver(r.d.rec.dev.Launch(launch)))
}

// Write copies p into scratch memory at the offset. Shards are refused.
func (r *Run) Write(v View, off gpu.Bytes, p []byte) error {
	at, err := r.scratchPart(v, off, gpu.BytesOf(len(p)))
	if err != nil {
		return err
	}
	return deviceError("", r.d.driver(r.d.rec.dev.Write(at, p)))
}

// Read copies scratch memory from the offset to p, after everything launched
// before has finished. Shards are refused: weights do not leave the device.
func (r *Run) Read(v View, off gpu.Bytes, p []byte) error {
	at, err := r.scratchPart(v, off, gpu.BytesOf(len(p)))
	if err != nil {
		return err
	}
	return deviceError("", r.d.driver(r.d.rec.dev.Read(at, p)))
}

func (r *Run) scratchPart(v View, off, n gpu.Bytes) (gpu.Span, error) {
	t, err := r.look(v)
	if err != nil {
		return gpu.Span{}, err
	}
	if !t.scratch {
		return gpu.Span{}, fail(ErrInvalid, "", "a shard's bytes can be read by kernels only")
	}
	at, ok := t.span.Offset.Add(off)
	if !ok || !off.Within(n, t.span.Size) {
		return gpu.Span{}, fail(ErrInvalid, "", "%d bytes at offset %d do not fit in %d", uint64(n), uint64(off), uint64(t.span.Size))
	}
	return gpu.Span{Extent: t.span.Extent, Offset: at, Size: n}, nil
}
