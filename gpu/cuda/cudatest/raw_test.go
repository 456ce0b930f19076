package cudatest_test

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

// The result codes that the tests expect.
const (
	success           = 0
	invalidValue      = 1
	outOfMemory       = 2
	notInitialised    = 3
	unavailable       = 46
	noDevice          = 100
	invalidDevice     = 101
	invalidImage      = 200
	invalidContext    = 201
	noBinary          = 209
	invalidPTX        = 218
	unsupportedPTX    = 222
	invalidHandle     = 400
	notFound          = 500
	notReady          = 600
	illegalAddress    = 700
	tooManyResources  = 701
	contextDestroyed  = 709
	notSupported      = 801
	unknown           = 999
	granule           = 2 << 20
	accessNone        = 0
	accessRead        = 1
	accessReadWrite   = 3
	streamNonBlocking = 1
)

// driver calls the fake as any program would, without this project's binding.
type driver struct {
	t       testing.TB
	c       *cudatest.Control
	handles [2]uintptr
}

// start gives the test a driver, on a locked thread.
func start(t testing.TB, config cudatest.Config) *driver {
	t.Helper()
	c := cudatest.Start(t, config)
	d := &driver{t: t, c: c}
	for i, path := range []string{c.Paths().CUDA, c.Paths().NVML} {
		h, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
		if err != nil {
			t.Fatal(err)
		}
		d.handles[i] = h
	}
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	return d
}

// call calls a function of either library.
//
//go:uintptrescapes
func (d *driver) call(name string, args ...uintptr) int {
	d.t.Helper()
	library := d.handles[0]
	if name[0] == 'n' {
		library = d.handles[1]
	}
	f, err := purego.Dlsym(library, name)
	if err != nil {
		d.t.Fatal(err)
	}
	r, _, _ := purego.SyscallN(f, args...)
	return int(int32(r))
}

// want fails the test unless the call answered that code.
func (d *driver) want(code, got int) {
	d.t.Helper()
	if got != code {
		d.t.Fatalf("answered %d, want %d", got, code)
	}
}

// context initialises the driver, and makes a context on the device.
func (d *driver) context(device int) uintptr {
	d.t.Helper()
	d.want(success, d.call("cuInit", 0))
	var ctx uintptr
	d.want(success, d.call("cuCtxCreate_v2", uintptr(unsafe.Pointer(&ctx)), 0, uintptr(device)))
	return ctx
}

type allocationProp struct {
	kind, handleTypes, locationType, locationID int32
	win32                                       uint64
	rest                                        [8]byte
}

type accessDesc struct{ locationType, locationID, flags int32 }

// create makes physical memory.
func (d *driver) create(device int, size gpu.Bytes) (handle uint64, code int) {
	prop := allocationProp{kind: 1, locationType: 1, locationID: int32(device)}
	code = d.call("cuMemCreate", uintptr(unsafe.Pointer(&handle)), uintptr(size), uintptr(unsafe.Pointer(&prop)), 0)
	return handle, code
}

// extent is mapped memory.
type extent struct {
	handle uint64
	at     uintptr
	size   gpu.Bytes
}

// extent makes memory and maps it for reading and writing.
func (d *driver) extent(size gpu.Bytes) extent {
	d.t.Helper()
	handle, code := d.create(0, size)
	d.want(success, code)
	x := extent{handle: handle, size: size}
	d.want(success, d.call("cuMemAddressReserve", uintptr(unsafe.Pointer(&x.at)), uintptr(size), 0, 0, 0))
	d.want(success, d.call("cuMemMap", x.at, uintptr(size), 0, uintptr(handle), 0))
	d.want(success, d.access(x, accessReadWrite))
	return x
}

func (d *driver) access(x extent, flags int) int {
	desc := accessDesc{locationType: 1, flags: int32(flags)}
	return d.call("cuMemSetAccess", x.at, uintptr(x.size), uintptr(unsafe.Pointer(&desc)), 1)
}

// free gives everything of an extent back.
func (d *driver) free(x extent) {
	d.t.Helper()
	d.want(success, d.call("cuMemUnmap", x.at, uintptr(x.size)))
	d.want(success, d.call("cuMemAddressFree", x.at, uintptr(x.size)))
	d.want(success, d.call("cuMemRelease", uintptr(x.handle)))
}

// write copies to the device, and does not wait.
func (d *driver) write(at uintptr, p []byte, stream uintptr) int {
	return d.call("cuMemcpyHtoDAsync_v2", at, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), stream)
}

// read copies from the device. The memory is pageable, so the call waits.
func (d *driver) read(at uintptr, n int) ([]byte, int) {
	p := make([]byte, n)
	code := d.call("cuMemcpyDtoHAsync_v2", uintptr(unsafe.Pointer(&p[0])), at, uintptr(n), 0)
	return p, code
}

func (d *driver) sync(stream uintptr) int { return d.call("cuStreamSynchronize", stream) }

func (d *driver) stream(flags int) uintptr {
	d.t.Helper()
	var s uintptr
	d.want(success, d.call("cuStreamCreateWithPriority", uintptr(unsafe.Pointer(&s)), uintptr(flags), 0))
	return s
}

// load loads a module.
func (d *driver) load(text string) (module uintptr, code int) {
	image := append([]byte(text), 0)
	code = d.call("cuModuleLoadDataEx", uintptr(unsafe.Pointer(&module)), uintptr(unsafe.Pointer(&image[0])), 0, 0, 0)
	return module, code
}

func (d *driver) function(module uintptr, name string) (f uintptr, code int) {
	text := append([]byte(name), 0)
	code = d.call("cuModuleGetFunction", uintptr(unsafe.Pointer(&f)), module, uintptr(unsafe.Pointer(&text[0])))
	return f, code
}

// kernel loads the kernels of the conformance suite, and gets one of them.
func (d *driver) kernel(name string) uintptr {
	d.t.Helper()
	module, code := d.load(string(gputest.PTX()))
	d.want(success, code)
	f, code := d.function(module, name)
	d.want(success, code)
	return f
}

// launch runs one block of the kernel.
func (d *driver) launch(f uintptr, threads int, stream uintptr, args ...uint64) int {
	block := struct {
		values [8]uint64
		params [8]unsafe.Pointer
	}{}
	var pin runtime.Pinner
	defer pin.Unpin()
	held := &block
	pin.Pin(held)
	for i := range args {
		held.values[i] = args[i]
		held.params[i] = unsafe.Pointer(&held.values[i])
	}
	return d.call("cuLaunchKernel", f, 1, 1, 1, uintptr(threads), 1, 1, 0, stream, uintptr(unsafe.Pointer(&held.params[0])), 0)
}

// leaksNothing fails the test if something was not given back.
func (d *driver) leaksNothing() {
	d.t.Helper()
	if err := d.c.Leaks(); err != nil {
		d.t.Error(err)
	}
}
