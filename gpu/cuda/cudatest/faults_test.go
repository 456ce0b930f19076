package cudatest_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

func TestFail(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	d.c.Fail("cuMemCreate", 2, outOfMemory)
	d.c.Fail("cuMemCreate", 2, notSupported)
	x := d.extent(granule)
	if _, code := d.create(0, granule); code != outOfMemory {
		t.Errorf("the second call answered %d", code)
	}
	if _, code := d.create(0, granule); code != notSupported {
		t.Errorf("the third call answered %d; two rules for one call fire one after the other", code)
	}
	d.free(d.extent(granule))
	if got := d.c.Fired(); got != 2 {
		t.Errorf("%d rules fired", got)
	}
	d.c.FailAlways("cuMemUnmap", invalidValue)
	for range 3 {
		d.want(invalidValue, d.call("cuMemUnmap", x.at, granule))
	}
	d.c.Clear()
	d.free(x)
	// The star counts every call of libcuda.
	d.c.Fail("*", 3, outOfMemory)
	d.want(success, d.sync(0))
	d.want(success, d.sync(0))
	d.want(outOfMemory, d.sync(0))
	d.want(success, d.sync(0))
}

func TestStickyFailures(t *testing.T) {
	tests := []struct {
		name   string
		script func(c *cudatest.Control)
		code   int
	}{
		{"by its code", func(c *cudatest.Control) { c.Fail("cuStreamQuery", 1, 719) }, 719},
		{"by order", func(c *cudatest.Control) { c.FailSticky("cuStreamQuery", 1, outOfMemory) }, outOfMemory},
		{"lost", func(c *cudatest.Control) { c.Lose(0) }, unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, cudatest.Config{})
			ctx := d.context(0)
			s := d.stream(0)
			tt.script(d.c)
			d.want(tt.code, d.call("cuStreamQuery", 0))
			d.want(tt.code, d.call("cuStreamQuery", 0))
			d.want(tt.code, d.call("cuStreamDestroy_v2", s))
			if _, code := d.create(0, granule); code != tt.code {
				t.Errorf("memory: %d", code)
			}
			d.want(success, d.call("cuCtxDestroy_v2", ctx))
			d.leaksNothing()
		})
	}
	d := start(t, cudatest.Config{})
	d.context(0)
	d.c.Fail("cuStreamQuery", 1, outOfMemory)
	d.want(outOfMemory, d.call("cuStreamQuery", 0))
	d.want(success, d.call("cuStreamQuery", 0))
	d.c.Lose(0)
	var ctx uintptr
	d.want(unknown, d.call("cuCtxCreate_v2", uintptr(unsafe.Pointer(&ctx)), 0, 0))
}

// TestSkip has a driver that says that it did what it did not.
func TestSkip(t *testing.T) {
	d := start(t, cudatest.Config{Clean: true})
	d.context(0)
	x := d.extent(granule)
	fill := d.kernel("gputest_fill")
	d.c.Skip("gputest_fill", 1)
	d.c.Skip("cuMemsetD8Async", 2)
	for i, want := range []string{"\x00", "B"} {
		d.want(success, d.launch(fill, 1, 0, uint64(x.at), 1, 'B'))
		if got, code := d.read(x.at, 1); code != success || string(got) != want {
			t.Errorf("launch %d: read %q, %d", i, got, code)
		}
	}
	for i, want := range []string{"C", "C", "E"} {
		d.want(success, d.call("cuMemsetD8Async", x.at, uintptr('C'+i), 1, 0))
		if got, code := d.read(x.at, 1); code != success || string(got) != want {
			t.Errorf("fill %d: read %q, %d", i, got, code)
		}
	}
	if got := d.c.Fired(); got != 2 {
		t.Errorf("%d rules fired", got)
	}
}

func TestHang(t *testing.T) {
	d := start(t, cudatest.Config{})
	ctx := d.context(0)
	d.c.Hang("cuStreamSynchronize")
	waiting, answered := make(chan struct{}), make(chan int)
	go elsewhere(func() {
		d.call("cuCtxSetCurrent", ctx)
		close(waiting)
		answered <- d.sync(0)
	})
	<-waiting
	for !slices.Contains(d.c.Calls(), "cuStreamSynchronize") {
		time.Sleep(time.Millisecond) // until the call is there
	}
	d.want(success, d.call("cuStreamQuery", 0)) // others go on
	select {
	case code := <-answered:
		t.Fatalf("answered %d although it hangs", code)
	default:
	}
	d.c.Unhang()
	if code := <-answered; code != success {
		t.Errorf("answered %d", code)
	}
	d.want(success, d.sync(0))
}

func TestLatency(t *testing.T) {
	d := start(t, cudatest.Config{})
	d.context(0)
	const delay = 20 * time.Millisecond
	d.c.Latency("cuStreamQuery", delay)
	d.c.Latency("gputest_fill", delay)
	x := d.extent(granule)
	fill := d.kernel("gputest_fill")
	calls := []struct {
		name string
		call func() int
	}{
		{"a call", func() int { return d.call("cuStreamQuery", 0) }},
		{"a kernel", func() int {
			d.want(success, d.launch(fill, 1, 0, uint64(x.at), 1, 1))
			return d.sync(0)
		}},
	}
	for _, tt := range calls {
		begin := time.Now()
		d.want(success, tt.call())
		if took := time.Since(begin); took < delay {
			t.Errorf("%s took %v", tt.name, took)
		}
	}
	d.c.Clear()
}

func TestLies(t *testing.T) {
	d := start(t, cudatest.Config{Devices: 2})
	d.context(0)
	x := d.extent(2 * granule)
	ask := func(attribute int) (uint64, int) {
		var value uint64
		code := d.call("cuPointerGetAttribute", uintptr(unsafe.Pointer(&value)), uintptr(attribute), x.at+granule)
		return value, code
	}
	honest := []struct {
		attribute int
		want      uint64
		code      int
	}{
		{2, 2, success}, {4, 0, invalidValue}, {8, 0, success}, {9, 0, success}, {11, uint64(x.at), success},
		{12, 2 * granule, success}, {13, 1, success}, {14, 0, success}, {16, accessReadWrite, success}, {20, 1, success}, {99, 0, invalidValue},
	}
	check := func() {
		t.Helper()
		for _, h := range honest {
			if got, code := ask(h.attribute); code != h.code || got != h.want {
				t.Errorf("attribute %d: %d, %d", h.attribute, got, code)
			}
		}
	}
	check()
	d.c.Lie(8, 1)
	d.c.Lie(4, 4096)
	d.c.LieLocation(1)
	if got, code := ask(8); code != success || got != 1 {
		t.Errorf("managed: %d, %d", got, code)
	}
	if got, code := ask(4); code != success || got != 4096 {
		t.Errorf("a host pointer: %d, %d", got, code)
	}
	var prop allocationProp
	location := func() int32 {
		d.want(success, d.call("cuMemGetAllocationPropertiesFromHandle", uintptr(unsafe.Pointer(&prop)), uintptr(x.handle)))
		return prop.locationID
	}
	if got := location(); got != 1 {
		t.Errorf("located on %d", got)
	}
	d.c.Truth()
	check()
	if got := location(); got != 0 {
		t.Errorf("located on %d", got)
	}
	var value uint64
	if got := d.call("cuPointerGetAttribute", uintptr(unsafe.Pointer(&value)), 2, 4096); got != invalidValue {
		t.Errorf("an address that is none: %d", got)
	}
}

func TestLog(t *testing.T) {
	d := start(t, cudatest.Config{})
	ctx := d.context(0)
	d.c.ClearLog()
	x := d.extent(granule)
	for range 5 {
		d.call("cuStreamQuery", 0)
	}
	d.call("cuMemRelease", 1)
	d.free(x)
	d.call("cuCtxDestroy_v2", ctx)
	want := "cuMemCreate cuMemAddressReserve cuMemMap cuMemSetAccess cuStreamQuery cuMemRelease = 1 cuMemUnmap cuMemAddressFree cuMemRelease cuCtxDestroy_v2"
	if got := strings.Join(d.c.Calls(), " "); got != want {
		t.Errorf("log\n%s\nwant\n%s", got, want)
	}
	if got := d.c.Count(); got != 14 {
		t.Errorf("%d calls", got)
	}
}

func TestCommandsAreRefused(t *testing.T) {
	c := cudatest.Start(t, cudatest.Config{})
	lib, err := cudatest.Open(c.Paths())
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"", "nonsense", "fail", "fail cuInit", "fail cuInit 0 1", "fail cuInit 1 0", "fail cuInit 1 1 stickily", "fail cuInit 1 1 sticky more",
		"fail " + strings.Repeat("x", 64) + " 1 1", "hang", "latency cuInit -1", "reset devices=9", "reset devices", "reset size=1", "reset mem=1",
		"reset gran=3000000", "reset readonly=2", "set 0 mem=4194304", "set 7 busy=1", "set 0 busy=2", "flip 0 1 0 0", "flip 0", "find 0 xy", "find 0 a",
		"find 0 00", "xid 0", "xid 9 1", "ecc 0 1", "process 0 1", "stall", "stall 8", "lie 0 1", "lie 300 1", "list", "list x", "dirty -1", "reset\x00",
	} {
		if answer, err := lib.Run(command); err == nil {
			t.Errorf("%q was answered %q", command, answer)
		} else if rest := strings.TrimPrefix(command, strings.Split(command, " ")[0]); len(rest) > 3 && strings.Contains(err.Error(), rest) {
			t.Errorf("%q: the error shows the arguments: %v", command, err)
		}
	}
}
