package driver

import (
	"runtime"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
)

// jitLog is how much of the compiler's complaints is kept.
const jitLog = 8192

// LoadModule compiles PTX text, or takes a binary, into the current context.
// It takes up to seconds. The image is only read during the call. complaint is
// what the compiler said against it: text of the compiler, for a person. The
// caller unloads the module.
func (l *Library) LoadModule(image []byte) (m Module, complaint string, r Result) {
	text := append(append(make([]byte, 0, len(image)+1), image...), 0)
	log := make([]byte, jitLog)

	// The options' values are an array of pointers in C. Sizes are stored in
	// it as if they were pointers, so Go keeps it as numbers, and what they
	// point to is pinned.
	var pinned runtime.Pinner
	defer pinned.Unpin()
	pinned.Pin(unsafe.SliceData(log))
	options := []jitOption{jitErrorLogBuffer, jitErrorLogBufferSizeBytes}
	values := []uintptr{uintptr(unsafe.Pointer(unsafe.SliceData(log))), uintptr(len(log) - 1)}

	r = l.calls.cuModuleLoadDataEx(&m, unsafe.Pointer(unsafe.SliceData(text)), uint32(len(options)), //nolint:gosec // 2
		unsafe.SliceData(options), (*unsafe.Pointer)(unsafe.Pointer(unsafe.SliceData(values))))
	return m, untilZero(log), r
}

// UnloadModule takes a module and its functions away. Work that uses it must
// be done.
func (l *Library) UnloadModule(m Module) Result { return l.calls.cuModuleUnload(m) }

// Function is a kernel of a module, by its name; ErrorNotFound if there is
// none.
func (l *Library) Function(m Module, name string) (Function, Result) {
	var function Function
	text := append([]byte(name), 0)
	r := l.calls.cuModuleGetFunction(&function, m, unsafe.SliceData(text))
	return function, r
}

// FunctionAttribute is a property of a kernel, in the unit of the attribute.
func (l *Library) FunctionAttribute(a FunctionAttribute, f Function) (int, Result) {
	var value int32
	r := l.calls.cuFuncGetAttribute(&value, a, f)
	return int(value), r
}

// SetFunctionAttribute changes a property of a kernel. It is optional.
func (l *Library) SetFunctionAttribute(f Function, a FunctionAttribute, value int) Result {
	return l.calls.cuFuncSetAttribute(f, a, int32(value)) //nolint:gosec // refused by the driver if it is too large
}

// ParamSize is where in a kernel's parameters the one with this index lies,
// and its size; ErrorInvalidValue behind the last. It is optional: drivers
// before CUDA 12.4 lack it.
func (l *Library) ParamSize(f Function, index int) (offset, size gpu.Bytes, r Result) {
	if index < 0 {
		return 0, 0, ErrorInvalidValue
	}
	var o, n uint64
	r = l.calls.cuFuncGetParamInfo(f, uint64(index), &o, &n)
	return gpu.Bytes(o), gpu.Bytes(n), r
}

// BlocksPerMultiprocessor is how many blocks of a kernel fit on one
// multiprocessor at once. It is optional.
func (l *Library) BlocksPerMultiprocessor(f Function, block int, shared gpu.Bytes) (int, Result) {
	var blocks int32
	r := l.calls.cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, f, int32(block), uint64(shared)) //nolint:gosec // refused by the driver
	return int(blocks), r
}
