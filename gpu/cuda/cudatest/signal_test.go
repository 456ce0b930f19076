package cudatest_test

import (
	"runtime/debug"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestFaultsOfOthers has Go code fault on its own thread while kernels run: the
// handler of the fake is there then, and must leave those faults to Go's.
func TestFaultsOfOthers(t *testing.T) {
	d := start(t, cudatest.Config{})
	ctx := d.context(0)
	x := d.extent(granule)
	f := d.kernel("gputest_fill")
	var recovered atomic.Int64
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		var nothing *[2]int
		for !stop.Load() {
			for _, at := range []unsafe.Pointer{nil, guard(x)} {
				func() {
					defer func() {
						if recover() != nil {
							recovered.Add(1)
						}
					}()
					if at != nil {
						nothing[1] = int(*(*byte)(at))
						return
					}
					nothing[1]++
				}()
			}
		}
	}()
	for recovered.Load() < 200 {
		d.want(success, d.launch(f, 1, 0, uint64(x.at), granule, 1))
		d.want(success, d.sync(0))
	}
	// And a fault of a kernel, while Go faults too.
	d.want(success, d.launch(f, 1, 0, uint64(x.at), granule+1, 1))
	d.want(illegalAddress, d.sync(0))
	stop.Store(true)
	<-done
	d.want(success, d.call("cuCtxDestroy_v2", ctx))
	d.free(x)
	var nothing *int
	defer func() {
		if recover() == nil {
			t.Error("Go's handler is gone")
		}
	}()
	*nothing = 1
}

// guard is an address behind the extent, where nothing is mapped.
func guard(x extent) unsafe.Pointer {
	at := x.at + uintptr(x.size)
	return *(*unsafe.Pointer)(unsafe.Pointer(&at))
}
