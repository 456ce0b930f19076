package cuda

import (
	"strings"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// ownKernels are the package's kernels on this device.
type ownKernels struct {
	module  driver.Module
	loaded  bool
	variant string // which leaves is
	leaves  driver.Function
	compare driver.Function
	nonZero driver.Function
	memtest driver.Function
}

// loadOwn compiles the package's kernels for the device. The driver does so
// from PTX; what it kept from earlier runs is not used, because it lies where
// others can write.
func (d *device) loadOwn(op, variant string) error {
	leaves := variantPrefix + variant
	text, err := d.texts.of(d.limits.capability, leaves)
	if err != nil {
		return d.refuse(op, gpu.ErrNotSupported, "%v", err)
	}
	module, complaint, r := d.lib.LoadModule(text)
	if r != driver.Success {
		return d.explainModule(op, "the digest kernels", complaint, r)
	}
	d.own = ownKernels{module: module, loaded: true, variant: variant}
	for name, into := range map[string]*driver.Function{
		leaves: &d.own.leaves, kernels.Compare: &d.own.compare, kernels.Nonzero: &d.own.nonZero, kernels.Memtest: &d.own.memtest,
	} {
		if *into, r = d.lib.Function(module, name); r != driver.Success {
			return d.check(op, "cuModuleGetFunction of "+name, r)
		}
	}
	return d.checkOwn(op, leaves, text)
}

// checkOwn looks at what the driver made of the digest kernel.
func (d *device) checkOwn(op, name string, text []byte) error {
	for _, e := range kernels.Entries() {
		if e.Name != name {
			continue
		}
		if err := d.checkParams(op, name, d.own.leaves, text, e.Params); err != nil {
			return err
		}
	}
	threads, r := d.lib.FunctionAttribute(driver.FunctionMaxThreadsPerBlock, d.own.leaves)
	if err := d.check(op, "cuFuncGetAttribute", r); err != nil {
		return err
	}
	if threads < kernels.Threads {
		return d.refuse(op, gpu.ErrNotSupported, "the digest kernel can have %d threads in a block and needs %d: choose another kernel", threads, kernels.Threads)
	}
	local, r := d.lib.FunctionAttribute(driver.FunctionLocalSizeBytes, d.own.leaves)
	if err := d.check(op, "cuFuncGetAttribute", r); err != nil {
		return err
	}
	if local > 0 {
		d.note("the digest kernel %s uses %d bytes of local memory per thread and will be slow: choose another kernel", d.own.variant, local)
	}
	return nil
}

// dropOwn unloads the package's kernels.
func (d *device) dropOwn(op string) error {
	if !d.own.loaded {
		return nil
	}
	err := d.check(op, "cuModuleUnload", d.lib.UnloadModule(d.own.module))
	d.own.loaded = err != nil
	return err
}

// queueOwn queues one of the package's kernels.
func (d *device) queueOwn(op string, l *lane, f driver.Function, grid gpu.Dim3, params ...uint64) error {
	l.pending = true
	return d.check(op, "cuLaunchKernel", d.lib.Launch(f, grid, kernels.Block(), 0, l.stream, params))
}

// queueBatch queues a kernel that works through count items of a batch, from
// the first on, by a table of n records.
func (d *device) queueBatch(op string, f driver.Function, table driver.Ptr, n, first, count uint64) error {
	grid, err := kernels.Grid(count)
	if err != nil {
		return d.refuse(op, gpu.ErrInvalidValue, "%v", err)
	}
	return d.queueOwn(op, &d.lanes.digest, f, grid, uint64(table), n, first, count)
}

// explainModule is check for the loading of a module: its failures have causes
// that a person can do something about.
func (d *device) explainModule(op, what, complaint string, r driver.Result) error {
	code := gpu.ErrNotSupported
	var advice string
	switch {
	case r == driver.ErrorInvalidPTX:
		code, advice = gpu.ErrInvalidValue, "it is no valid PTX for this driver"
	case r == driver.ErrorInvalidImage || r == driver.ErrorNoBinaryForGPU:
		advice = "it has no code for this GPU"
	case r == driver.ErrorJITCompilerNotFound:
		advice = "the driver's compiler, libnvidia-ptxjitcompiler.so.1, is missing: install all of the driver, or give a container the capability \"compute\""
	case r == driver.ErrorUnsupportedPTXVersion:
		advice = "it needs a newer driver"
	case r == driver.ErrorJITCompilationDisabled:
		advice = "the compilation of kernels is switched off: unset CUDA_DISABLE_PTX_JIT"
	default:
		return d.check(op, "cuModuleLoadDataEx of "+what, r)
	}
	if line, _, _ := strings.Cut(strings.TrimSpace(complaint), "\n"); line != "" {
		advice += " (" + line + ")"
	}
	return d.refuse(op, code, "%s cannot be loaded: %s: cuModuleLoadDataEx answered %s", what, advice, r.Name())
}
