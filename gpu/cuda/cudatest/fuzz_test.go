package cudatest_test

import (
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

// FuzzModule loads any text: the reader of PTX ends, and answers.
func FuzzModule(f *testing.F) {
	good := string(gputest.PTX())
	for _, seed := range []string{
		good, good[:len(good)/2], ".version 6.3\n.target sm_75\n.address_size 64\n", ".version 6.3\n.target sm_75\n.address_size 64\n.visible .entry a(",
		".version 6.3\n.target sm_75\n.address_size 64\n.entry a(.param .align 8 .b8 x[12]) .maxntid 1,2 { .local .align 4 .b8 d[64]; }",
		".version 6.3 .target sm_75 .address_size 64 .entry a(.param .u64 .ptr .global .align 1 x,.param .u8 y){{}} \"", "/*", "//",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := start(t, cudatest.Config{Memory: granule})
		d.context(0)
		module, code := d.load(text)
		switch code {
		case success:
			d.want(success, d.call("cuModuleUnload", module))
		case invalidImage, invalidPTX, unsupportedPTX, noBinary:
		default:
			t.Errorf("answered %d", code)
		}
		if l := d.c.Live(); l.Modules != 0 {
			t.Errorf("live %+v", l)
		}
	})
}

// FuzzCommand gives the fake any command: it ends, and is ruled afterwards.
func FuzzCommand(f *testing.F) {
	for _, seed := range []string{
		"reset devices=2 mem=4194304 name=a_b", "fail cuInit 1 2", "fail * always 700 sticky", "latency cuInit 5", "find 0 00ff", "list 0", "live", "calls",
		"lie 8 1", "lie location 1", "set 0 busy=1 mode=exclusive", "xid 0 79 some text", "ecc 0 1 2", "process 0 1 99999999999", "flip 0 1 0 0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, command string) {
		d := start(t, cudatest.Config{Memory: 4 * granule})
		d.context(0)
		d.extent(granule)
		lib, err := cudatest.Open(d.c.Paths())
		if err != nil {
			t.Fatal(err)
		}
		// Whatever it does, no address and no argument is in the error.
		if _, err := lib.Run(command); err != nil && len(command) > 20 && strings.Contains(err.Error(), command) {
			t.Errorf("the error repeats the command: %v", err)
		}
		d.c.Reset(cudatest.Config{})
		d.leaksNothing()
		d.works()
	})
}

// works shows that the fake still does what it is told.
func (d *driver) works() {
	d.context(0)
	d.free(d.extent(granule))
}
