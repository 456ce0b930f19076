package cudatest_test

import (
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

func (d *driver) event(flags int) uintptr {
	d.t.Helper()
	var e uintptr
	d.want(success, d.call("cuEventCreate", uintptr(unsafe.Pointer(&e)), uintptr(flags)))
	return e
}

// TestWorkWaits holds that nothing runs before somebody asks.
func TestWorkWaits(t *testing.T) {
	d := start(t, cudatest.Config{Clean: true})
	ctx := d.context(0)
	x := d.extent(granule)
	s := d.stream(streamNonBlocking)
	e := d.event(0)
	d.want(success, d.call("cuEventQuery", e)) // never recorded
	d.want(success, d.write(x.at, []byte("A"), s))
	d.want(success, d.write(x.at+1, []byte("B"), s))
	d.want(success, d.call("cuEventRecord", e, s))
	if got, _ := d.read(x.at, 2); string(got) != "\x00\x00" {
		t.Errorf("read %q: the other stream has not been waited for", got)
	}
	d.want(notReady, d.call("cuEventQuery", e))
	d.want(notReady, d.call("cuStreamQuery", s))
	d.want(success, d.call("cuStreamQuery", s))
	d.want(success, d.call("cuEventQuery", e))
	if got, _ := d.read(x.at, 2); string(got) != "AB" {
		t.Errorf("read %q", got)
	}
	d.want(success, d.call("cuEventDestroy_v2", e))
	d.want(invalidHandle, d.call("cuEventDestroy_v2", e))
	d.want(success, d.call("cuStreamDestroy_v2", s))
	d.want(invalidHandle, d.call("cuStreamDestroy_v2", s))
	d.free(x)
	d.want(success, d.call("cuCtxDestroy_v2", ctx))
	d.leaksNothing()
}

func TestImmediateWork(t *testing.T) {
	d := start(t, cudatest.Config{Clean: true, Immediate: true})
	d.context(0)
	x := d.extent(granule)
	s := d.stream(streamNonBlocking)
	d.want(success, d.write(x.at, []byte("A"), s))
	if _, ok := d.c.Find(0, []byte("A")); !ok {
		t.Error("the copy has not run")
	}
}

// TestStreamsKeepOrder tests what orders work of two streams.
func TestStreamsKeepOrder(t *testing.T) {
	tests := []struct {
		name  string
		flags int  // of the stream that writes
		event bool // the reader's stream waits for it
		want  string
	}{
		{"nothing", streamNonBlocking, false, "\x00"},
		{"the standard stream", 0, false, "A"},
		{"an event", streamNonBlocking, true, "A"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, cudatest.Config{Clean: true})
			d.context(0)
			x := d.extent(granule)
			s := d.stream(tt.flags)
			e := d.event(2)
			d.want(success, d.write(x.at, []byte("A"), s))
			d.want(success, d.call("cuEventRecord", e, s))
			if tt.event {
				d.want(success, d.call("cuStreamWaitEvent", 0, e, 0))
			}
			if got, code := d.read(x.at, 1); code != success || string(got) != tt.want {
				t.Errorf("read %q, %d, want %q", got, code, tt.want)
			}
		})
	}
}

func TestEventsMeasure(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	a, b, silent := d.event(0), d.event(0), d.event(2)
	var ms float32
	at := uintptr(unsafe.Pointer(&ms))
	elapsed := func(from, to uintptr) int { return d.call("cuEventElapsedTime", at, from, to) }
	if got := elapsed(a, b); got != invalidHandle {
		t.Errorf("never recorded: %d", got)
	}
	d.want(success, d.call("cuEventRecord", a, 0))
	d.want(success, d.call("cuEventRecord", b, 0))
	d.want(success, d.call("cuEventRecord", silent, 0))
	if got := elapsed(a, b); got != notReady {
		t.Errorf("not completed: %d", got)
	}
	d.want(success, d.call("cuEventSynchronize", silent))
	if got := elapsed(a, silent); got != invalidHandle {
		t.Errorf("without timing: %d", got)
	}
	if got := elapsed(a, b); got != success || ms < 0 {
		t.Errorf("%v ms, %d", ms, got)
	}
}

// TestStall has a device that makes no progress, with somebody waiting.
func TestStall(t *testing.T) {
	d := start(t, cudatest.Config{})
	ctx := d.context(0)
	x := d.extent(granule)
	d.c.Stall(0)
	d.want(success, d.write(x.at, []byte("A"), 0))
	d.want(notReady, d.call("cuStreamQuery", 0))
	d.want(notReady, d.call("cuStreamQuery", 0))
	waiting, answered := make(chan struct{}), make(chan int)
	go elsewhere(func() {
		d.call("cuCtxSetCurrent", ctx)
		close(waiting)
		answered <- d.sync(0)
	})
	<-waiting
	select {
	case code := <-answered:
		t.Fatalf("answered %d while nothing moved", code)
	default:
	}
	d.want(notReady, d.call("cuStreamQuery", 0))
	d.c.Unstall(0)
	if code := <-answered; code != success {
		t.Errorf("answered %d", code)
	}
}
