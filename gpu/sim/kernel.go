package sim

import (
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
)

// Register keeps the kernel until Close. Its parameters are of 4 or 8 bytes.
// See gpu.Device.
func (d *device) Register(k gpu.Kernel) error {
	err := d.register(k)
	d.control.record(err, "register %q", k.Name)
	return err
}

func (d *device) register(k gpu.Kernel) error {
	if err := d.begin(OpRegister); err != nil {
		return err
	}
	if k.Name == "" {
		return d.failure(OpRegister, gpu.ErrInvalidValue, "the kernel has no name")
	}
	if k.Go == nil {
		return d.failure(OpRegister, gpu.ErrNotSupported, "kernel %q has no Go function", k.Name)
	}
	if _, taken := d.kernels[k.Name]; taken {
		return d.failure(OpRegister, gpu.ErrInvalidValue, "kernel %q is registered already", k.Name)
	}
	for i, size := range k.Params {
		if size != 4 && size != 8 {
			return d.failure(OpRegister, gpu.ErrInvalidValue, "parameter %d of kernel %q has %d bytes", i, k.Name, size)
		}
	}
	k.Params = slices.Clone(k.Params)
	k.PTX = nil
	d.kernels[k.Name] = k
	return nil
}

// Launch starts the kernel when the one before it has ended, and returns
// while it runs. See gpu.Device.
func (d *device) Launch(l gpu.Launch) error {
	err := d.launch(l)
	d.control.record(err, "launch %q with %d arguments", l.Kernel, len(l.Args))
	return err
}

func (d *device) launch(l gpu.Launch) error {
	if err := d.begin(OpLaunch); err != nil {
		return err
	}
	k, ok := d.kernels[l.Kernel]
	if !ok {
		return d.failure(OpLaunch, gpu.ErrNotFound, "kernel %q is not registered", l.Kernel)
	}
	if _, ok := l.Grid.Count(); !ok {
		return d.failure(OpLaunch, gpu.ErrInvalidValue, "the grid is too large")
	}
	if threads, ok := l.Block.Count(); !ok || threads > maxBlockThreads {
		return d.failure(OpLaunch, gpu.ErrInvalidValue, "a block has at most %d threads", maxBlockThreads)
	}
	args, err := d.arguments(k, l.Args)
	if err != nil {
		return err
	}
	d.running = start(k, l.Grid, l.Block, args)
	return nil
}

// maxBlockThreads is the limit of every CUDA device.
const maxBlockThreads = 1024

// arguments checks a launch's arguments against the kernel's parameters.
func (d *device) arguments(k gpu.Kernel, list []gpu.Arg) (*arguments, error) {
	if len(list) != len(k.Params) {
		return nil, d.failure(OpLaunch, gpu.ErrInvalidValue, "kernel %q takes %d arguments and got %d", k.Name, len(k.Params), len(list))
	}
	args := &arguments{}
	for i, a := range list {
		if want := k.Params[i]; a.ParamSize() != want {
			return nil, d.failure(OpLaunch, gpu.ErrInvalidValue, "argument %d of kernel %q has %d bytes and must have %d", i, k.Name, a.ParamSize(), want)
		}
		if s, ok := a.Span(); ok {
			_, mem, err := d.span(OpLaunch, s)
			if err != nil {
				return nil, err
			}
			args.list = append(args.list, argument{memory: mem})
			continue
		}
		value, _ := a.Scalar()
		args.list = append(args.list, argument{scalar: value})
	}
	return args, nil
}

type argument struct {
	memory []byte
	scalar uint64
}

// arguments is what a kernel sees.
type arguments struct{ list []argument }

func (a *arguments) Len() int { return len(a.list) }

func (a *arguments) Memory(i int) []byte {
	if i < 0 || i >= len(a.list) {
		return nil
	}
	return a.list[i].memory
}

func (a *arguments) Uint64(i int) uint64 {
	if i < 0 || i >= len(a.list) {
		return 0
	}
	return a.list[i].scalar
}
