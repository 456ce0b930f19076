package cuda

import (
	"crypto/sha256"
	"slices"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// kernel is one that a caller registered.
type kernel struct {
	function driver.Function
	params   []int
	threads  int // the most in a block
}

// module is PTX of callers that is loaded, once for all of its kernels.
type module struct {
	handle driver.Module
}

// Register compiles the kernel's PTX and keeps it until Close. Besides what
// gpu.Device says, the error is gpu.ErrInvalidValue for PTX that the driver
// refuses, that lacks an entry of the kernel's name, or whose parameters are
// others, and gpu.ErrNotSupported for PTX that is not for this GPU or driver.
func (d *device) Register(k gpu.Kernel) error {
	const op = "register"
	if err := d.begin(op); err != nil {
		return err
	}
	if k.Name == "" {
		return d.refuse(op, gpu.ErrInvalidValue, "the kernel has no name")
	}
	if len(k.PTX) == 0 {
		return d.refuse(op, gpu.ErrNotSupported, "kernel %q has no PTX", k.Name)
	}
	if _, taken := d.kernels[k.Name]; taken {
		return d.refuse(op, gpu.ErrInvalidValue, "kernel %q is registered already", k.Name)
	}
	for i, size := range k.Params {
		if size != 4 && size != 8 {
			return d.refuse(op, gpu.ErrInvalidValue, "parameter %d of kernel %q has %d bytes", i, k.Name, size)
		}
	}
	if slices.Contains(k.PTX, 0) {
		return d.refuse(op, gpu.ErrInvalidValue, "the PTX of kernel %q has a zero byte: give the text only", k.Name)
	}
	made, err := d.newKernel(op, k)
	if err != nil {
		return err
	}
	d.kernels[k.Name] = made
	return nil
}

func (d *device) newKernel(op string, k gpu.Kernel) (*kernel, error) {
	m, fresh, err := d.module(op, k)
	if err != nil {
		return nil, err
	}
	made := &kernel{params: slices.Clone(k.Params)}
	if err := d.findKernel(op, k, m, made); err != nil {
		if fresh {
			err = errors.CombineErrors(err, d.dropModule(op, sha256.Sum256(k.PTX)))
		}
		return nil, err
	}
	return made, nil
}

// module is the loaded module of the kernel's PTX, and whether it was loaded
// now.
func (d *device) module(op string, k gpu.Kernel) (*module, bool, error) {
	digest := sha256.Sum256(k.PTX)
	if m, ok := d.modules[digest]; ok {
		return m, false, nil
	}
	handle, complaint, r := d.lib.LoadModule(k.PTX)
	if r != driver.Success {
		return nil, false, d.explainModule(op, "the PTX of kernel "+k.Name, complaint, r)
	}
	m := &module{handle: handle}
	d.modules[digest] = m
	return m, true, nil
}

// findKernel looks the entry up and checks that it is as it was described.
func (d *device) findKernel(op string, k gpu.Kernel, m *module, made *kernel) error {
	var r driver.Result
	made.function, r = d.lib.Function(m.handle, k.Name)
	if r == driver.ErrorNotFound {
		return d.refuse(op, gpu.ErrInvalidValue, "the PTX has no entry %q", k.Name)
	}
	if err := d.check(op, "cuModuleGetFunction", r); err != nil {
		return err
	}
	made.threads, r = d.lib.FunctionAttribute(driver.FunctionMaxThreadsPerBlock, made.function)
	if err := d.check(op, "cuFuncGetAttribute", r); err != nil {
		return err
	}
	return d.checkParams(op, k.Name, made.function, k.PTX, k.Params)
}

// dropModule unloads a module of a caller.
func (d *device) dropModule(op string, digest [sha256.Size]byte) error {
	m, ok := d.modules[digest]
	if !ok {
		return nil
	}
	if err := d.check(op, "cuModuleUnload", d.lib.UnloadModule(m.handle)); err != nil {
		return err
	}
	delete(d.modules, digest)
	return nil
}
