package cudacheck

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
)

// functions are kernels by their names.
type functions map[string]driver.Function

// load compiles the kernels with these names. The module stays until the bed is
// closed.
func (b *bed) load(names ...string) (functions, error) {
	text, err := kernels.PTX(b.capability, names...)
	if err != nil {
		return nil, err
	}
	module, complaint, r := b.lib.LoadModule(text)
	if r != driver.Success {
		line, _, _ := strings.Cut(strings.TrimSpace(complaint), "\n")
		return nil, errors.Newf("cudacheck: cuModuleLoadDataEx answered %s: %s", spell(r), line)
	}
	b.later(func() error { return answered("cuModuleUnload", b.lib.UnloadModule(module)) })
	found := functions{}
	for _, name := range names {
		if found[name], r = b.lib.Function(module, name); r != driver.Success {
			return nil, answered("cuModuleGetFunction", r)
		}
	}
	return found, nil
}

// launch queues a kernel.
func (b *bed) launch(f driver.Function, grid gpu.Dim3, params ...uint64) error {
	return answered("cuLaunchKernel", b.lib.Launch(f, grid, kernels.Block(), 0, b.stream, params))
}

// memtest queues a step of the memory test over size bytes. Its first step is
// how memory is filled with a pattern that the processor can compute too.
func (b *bed) memtest(f functions, at driver.Ptr, size gpu.Bytes, seed uint64, step uint32, wrong driver.Ptr) error {
	return b.launch(f[kernels.Memtest], kernels.StrideGrid(b.processors, size), uint64(at), uint64(size), seed, uint64(step), uint64(wrong))
}

// nonzero tells whether any byte is not zero. flag is the address of 4 bytes.
func (b *bed) nonzero(f functions, at driver.Ptr, size gpu.Bytes, flag driver.Ptr) (bool, error) {
	if err := answered("cuMemsetD8Async", b.lib.Fill8(flag, 0, kernels.FlagSize, b.stream)); err != nil {
		return false, err
	}
	if err := b.queueNonzero(f, at, size, flag); err != nil {
		return false, err
	}
	answer := make([]byte, kernels.FlagSize)
	err := b.download(answer, flag)
	return binary.LittleEndian.Uint32(answer) != 0, err
}

func (b *bed) queueNonzero(f functions, at driver.Ptr, size gpu.Bytes, flag driver.Ptr) error {
	return b.launch(f[kernels.Nonzero], kernels.StrideGrid(b.processors, size), uint64(at), uint64(size), uint64(flag))
}

// word reads 8 bytes.
func (b *bed) word(at driver.Ptr) (uint64, error) {
	answer := make([]byte, 8)
	err := b.download(answer, at)
	return binary.LittleEndian.Uint64(answer), err
}

// setWord writes 8 bytes.
func (b *bed) setWord(at driver.Ptr, value uint64) error {
	return b.upload(at, binary.LittleEndian.AppendUint64(nil, value))
}

// spell is a result for a person.
func spell(r driver.Result) string {
	if name := r.Name(); name != "" {
		return fmt.Sprintf("%s (%d)", strings.TrimPrefix(name, "CUDA_"), int32(r))
	}
	return fmt.Sprintf("%d, which this program does not know", int32(r))
}
