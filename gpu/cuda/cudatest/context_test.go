package cudatest_test

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// elsewhere runs f on a thread of its own.
func elsewhere(f func()) {
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(done)
		f()
	}()
	<-done
}

func TestContextIsOfOneThread(t *testing.T) {
	d := start(t, cudatest.Config{})
	if got := d.call("cuStreamSynchronize", 0); got != notInitialised {
		t.Errorf("before cuInit: %d", got)
	}
	ctx := d.context(0)
	d.want(success, d.sync(0))
	elsewhere(func() {
		if got := d.sync(0); got != invalidContext {
			t.Errorf("on another thread: %d", got)
		}
		if _, code := d.create(0, granule); code != success {
			t.Errorf("memory belongs to no context: %d", code)
		}
	})
	if l := d.c.Live(); l.Strays != 1 {
		t.Errorf("live %+v; the call from a thread without a context is counted", l)
	}
	elsewhere(func() {
		if got := d.call("cuCtxSetCurrent", ctx); got != success {
			t.Error(got)
		}
		if got := d.sync(0); got != success {
			t.Error(got)
		}
	})
}

func TestContextEnds(t *testing.T) {
	d := start(t, cudatest.Config{})
	ctx := d.context(0)
	s := d.stream(streamNonBlocking)
	elsewhere(func() {
		if got := d.call("cuCtxSetCurrent", ctx); got != success {
			t.Error(got)
		}
		if got := d.call("cuCtxDestroy_v2", ctx); got != success {
			t.Error(got)
		}
	})
	d.want(contextDestroyed, d.sync(0))
	d.want(contextDestroyed, d.call("cuCtxDestroy_v2", ctx))
	d.want(contextDestroyed, d.call("cuCtxSetCurrent", ctx))
	d.want(invalidContext, d.call("cuCtxDestroy_v2", 12345))
	d.leaksNothing()
	if l := d.c.Live(); l.Orphans != 1 {
		t.Errorf("live %+v; the stream died with its context", l)
	}
	d.context(0)
	d.want(invalidHandle, d.sync(s))
}

func TestWhoMayUseADevice(t *testing.T) {
	tests := []struct {
		name    string
		config  cudatest.Config
		init    int
		contexs []int
	}{
		{"default", cudatest.Config{}, success, []int{success, success}},
		{"busy", cudatest.Config{Busy: true}, success, []int{unavailable}},
		{"prohibited", cudatest.Config{Mode: cudatest.ModeProhibited}, success, []int{unavailable}},
		{"exclusive", cudatest.Config{Mode: cudatest.ModeExclusive}, success, []int{success, unavailable}},
		{"none", cudatest.Config{NoDevice: true}, noDevice, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, tt.config)
			d.want(tt.init, d.call("cuInit", 0))
			for _, want := range tt.contexs {
				var ctx uintptr
				d.want(want, d.call("cuCtxCreate_v2", uintptr(unsafe.Pointer(&ctx)), 0, 0))
			}
		})
	}
}

func TestPrimaryContext(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.want(success, d.call("cuInit", 0))
	var a, b uintptr
	d.want(success, d.call("cuDevicePrimaryCtxRetain", uintptr(unsafe.Pointer(&a)), 0))
	d.want(success, d.call("cuDevicePrimaryCtxRetain", uintptr(unsafe.Pointer(&b)), 0))
	if a != b {
		t.Error("two primary contexts of one device")
	}
	d.want(success, d.call("cuCtxSetCurrent", a))
	d.want(invalidContext, d.call("cuCtxDestroy_v2", a))
	d.want(success, d.call("cuDevicePrimaryCtxRelease_v2", 0))
	d.want(success, d.sync(0))
	d.want(success, d.call("cuDevicePrimaryCtxRelease_v2", 0))
	d.want(contextDestroyed, d.sync(0))
	d.want(invalidContext, d.call("cuDevicePrimaryCtxRelease_v2", 0))
	d.leaksNothing()
}

func TestDevice(t *testing.T) {
	d := start(t, cudatest.Config{Devices: 2, Capability: 86, Name: "Some GPU", Integrated: true, Driver: 12020})
	d.want(success, d.call("cuInit", 0))
	var n, version int32
	d.want(success, d.call("cuDeviceGetCount", uintptr(unsafe.Pointer(&n))))
	d.want(success, d.call("cuDriverGetVersion", uintptr(unsafe.Pointer(&version))))
	if n != 2 || version != 12020 {
		t.Errorf("%d devices, version %d", n, version)
	}
	name := make([]byte, 32)
	d.want(success, d.call("cuDeviceGetName", uintptr(unsafe.Pointer(&name[0])), 32, 1))
	if got := string(name[:8]); got != "Some GPU" {
		t.Errorf("named %q", got)
	}
	for attribute, want := range map[int]int32{75: 8, 76: 6, 18: 1, 41: 1, 100: 0, 102: 1} {
		var value int32
		d.want(success, d.call("cuDeviceGetAttribute", uintptr(unsafe.Pointer(&value)), uintptr(attribute), 1))
		if value != want {
			t.Errorf("attribute %d is %d, want %d", attribute, value, want)
		}
	}
	d.c.Attribute(1, 75, 12)
	var value int32
	d.want(success, d.call("cuDeviceGetAttribute", uintptr(unsafe.Pointer(&value)), 75, 1))
	if value != 12 {
		t.Errorf("attribute 75 is %d after it was set", value)
	}
	d.want(invalidValue, d.call("cuDeviceGetAttribute", uintptr(unsafe.Pointer(&value)), 9999, 1))
	d.want(invalidDevice, d.call("cuDeviceGetAttribute", uintptr(unsafe.Pointer(&value)), 75, 2))
}
