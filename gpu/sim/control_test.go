package sim_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestOptions(t *testing.T) {
	for name, c := range map[string]struct {
		o  sim.Options
		ok bool
	}{
		"zero":                     {sim.Options{}, true},
		"many":                     {sim.Options{Devices: sim.MaxDevices}, true},
		"page granules":            {sim.Options{Memory: 8 * gpu.KiB, Granularity: 4 * gpu.KiB}, true},
		"negative":                 {sim.Options{Devices: -1}, false},
		"too many":                 {sim.Options{Devices: sim.MaxDevices + 1}, false},
		"half a page":              {sim.Options{Granularity: 2 * gpu.KiB}, false},
		"less than a granule":      {sim.Options{Memory: gpu.MiB}, false},
		"no multiple of a granule": {sim.Options{Memory: 3 * gpu.MiB}, false},
		"too many granules":        {sim.Options{Memory: gpu.TiB, Granularity: 4 * gpu.KiB}, false},
		"more than a file":         {sim.Options{Memory: 1 << 63, Granularity: 1 << 62}, false},
		"all there is":             {sim.Options{Memory: gpu.MaxBytes}, false},
	} {
		b, err := sim.New(c.o)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if b == nil {
			continue
		}
		list, err := b.Devices()
		ok(t, err)
		if len(list) != max(c.o.Devices, 1) || list[0].Kind != gpu.KindSimulated || !strings.HasPrefix(list[0].UUID, "SIM-") {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

func TestControlIsNotForEverybody(t *testing.T) {
	b, err := sim.New(sim.Options{})
	ok(t, err)
	_, err = b.Control(0)
	fails(t, err, gpu.ErrNotSupported, false)
	_, err = b.Control(1)
	fails(t, err, gpu.ErrNotFound, false)
	_, c := newBackend(t, small())
	_, err = c.Dirty()
	fails(t, err, gpu.ErrClosed, false)
}

func TestFailCountsCalls(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	before := c.Calls()
	c.Fail(sim.OpZero, 2, gpu.ErrECC, false)
	c.Fail(sim.OpAny, 4, gpu.ErrUnknown, false)
	ok(t, d.Zero(at))                           // zero 1, any 1
	_, err := d.NonZero(at)                     // any 2
	ok(t, err)                                  //
	fails(t, d.Zero(at), gpu.ErrECC, false)     // zero 2, any 3
	fails(t, d.Zero(at), gpu.ErrUnknown, false) // any 4
	ok(t, d.Zero(at))
	if c.Calls() != before+5 || c.Fired() != 2 {
		t.Errorf("%d calls, %d fired", c.Calls()-before, c.Fired())
	}
	c.FailAlways(sim.OpRead, gpu.ErrLost, false)
	for range 3 {
		fails(t, d.Read(at, []byte{0}), gpu.ErrLost, false)
	}
	ok(t, d.Zero(at))
	c.Clear()
	ok(t, d.Read(at, []byte{0}))
	c.Fail(sim.OpClose, 1, gpu.ErrUnknown, false)
	fails(t, d.Close(), gpu.ErrUnknown, false)
	if c.Mapped() != 0 {
		t.Error("a close that fails leaves memory mapped")
	}
	ok(t, d.Close())
}

func TestLoseEndsWithTheDevice(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 1, []byte{1})
	c.Lose()
	fails(t, d.Zero(at), gpu.ErrLost, true)
	c.Clear()
	fails(t, d.Zero(at), gpu.ErrLost, true)
	ok(t, d.Close())
}

func TestDelaysInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, c := opened(t, small())
		at := mapped(t, d, 1, []byte{1})
		c.Delay(sim.OpRead, time.Hour)
		start := time.Now()
		ok(t, d.Zero(at))
		ok(t, d.Read(at, []byte{0}))
		if waited := time.Since(start); waited != time.Hour {
			t.Errorf("waited %v", waited)
		}
		go func() {
			time.Sleep(time.Minute)
			c.Clear()
		}()
		ok(t, d.Read(at, []byte{0}))
		if waited := time.Since(start); waited != time.Hour+time.Minute {
			t.Errorf("waited %v, although the delay was ended", waited)
		}
	})
}

// TestStepsWhereTimeStandsStill shows that passes are cut into slices in a
// bubble too, where no work takes any time.
func TestStepsWhereTimeStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := opened(t, sim.Options{Memory: 16 * gpu.MiB})
		id, err := d.Map(16 * gpu.MiB)
		ok(t, err)
		p, err := d.Digest([]gpu.DigestJob{{Span: gpu.Span{Extent: id, Size: 16 * gpu.MiB}}})
		ok(t, err)
		steps := 0
		for done := false; !done; steps++ {
			done, err = p.Step(time.Millisecond)
			ok(t, err)
		}
		if steps < 32 || steps > 128 {
			t.Errorf("%d steps of 1 ms for 16 MiB", steps)
		}
		ok(t, p.Close())
	})
}

func TestOperationLog(t *testing.T) {
	d, c := opened(t, small())
	at := mapped(t, d, 2, []byte("weights"))
	ok(t, d.Protect(at.Extent, gpu.ReadOnly))
	c.Fail(sim.OpResidency, 1, gpu.ErrUnknown, false)
	_, err := d.Residency(at.Extent)
	fails(t, err, gpu.ErrUnknown, false)
	p, err := d.Digest([]gpu.DigestJob{{Span: at}})
	ok(t, err)
	for done := false; !done; {
		done, err = p.Step(time.Millisecond)
		ok(t, err)
	}
	ok(t, c.Flip(at.Extent, 3, 1))
	_, err = d.NonZero(at)
	ok(t, err)
	ok(t, c.Stick(at.Extent, 9, 1, true))
	c.Raise(health.Report{Source: "xid", Code: 94, Action: health.Recheck, Detail: "not in the log"})
	memory, err := host(t, d).AllocHost(4096)
	ok(t, err)
	ok(t, host(t, d).FreeHost(memory))
	fails(t, host(t, d).FreeHost([]byte("other")), gpu.ErrNotFound, false)
	other := mapped(t, d, 1, nil)
	ok(t, c.Stick(other.Extent, 100, 2, false))
	other.Size = 4096
	_, err = tester(t, d).TestMemory(other, 1)
	ok(t, err)
	fails(t, d.Zero(at), gpu.ErrIllegalAddress, true)
	fails(t, d.Unmap(at.Extent), gpu.ErrIllegalAddress, true)
	ok(t, d.Close())
	golden(t, "testdata/operations.txt", strings.Join(c.Log(), "\n")+"\n")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		ok(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	ok(t, err)
	if got != string(want) {
		t.Errorf("%s differs; run the test with -update and look at the diff. Got:\n%s", file, got)
	}
}

func TestNothingPrintsAddressesOrContents(t *testing.T) {
	b, c := newBackend(t, small())
	d, _ := opened(t, small())
	at := mapped(t, d, 1, []byte("0xmodel"))
	p, err := d.Digest([]gpu.DigestJob{{Span: at, Keep: true}})
	ok(t, err)
	for done := false; !done; {
		done, err = p.Step(time.Millisecond)
		ok(t, err)
	}
	results, err := p.Results()
	ok(t, err)
	args := make(chan string, 10)
	ok(t, d.Register(gpu.Kernel{Name: "print", Params: []int{8}, Go: func(_, _ gpu.Dim3, a gpu.KernelArgs) error {
		args <- fmt.Sprintf("%v %+v %#v %x %d %s", a, a, a, a, a, a)
		return nil
	}}))
	ok(t, d.Launch(gpu.Launch{Kernel: "print", Args: []gpu.Arg{gpu.SpanArg(at)}}))
	texts := []string{<-args}
	for _, v := range []any{b, c, d, p, results[0].Kept} {
		texts = append(texts, fmt.Sprintf("%v %+v %#v %x %d %s %q", v, v, v, v, v, v, v))
		j, err := json.Marshal(v)
		ok(t, err)
		texts = append(texts, string(j))
	}
	for _, text := range texts {
		if strings.Contains(text, "0x") || strings.Contains(text, "109") || strings.Contains(text, "model") {
			t.Errorf("%q shows too much", text)
		}
	}
	ok(t, p.Close())
}
