package cuda_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestCalls compares what the driver is asked for in the life of a device with
// a golden file: what a change of the code means for the driver is seen there.
func TestCalls(t *testing.T) {
	config := small()
	config.Immediate = true
	control := cudatest.Start(t, config)
	b := made(t, control, cuda.Options{})
	runtime.LockOSThread()
	control.ClearLog()
	var got strings.Builder
	part := func(what string) {
		got.WriteString("# " + what + "\n" + strings.Join(control.Calls(), "\n") + "\n")
		control.ClearLog()
	}
	d, err := opened(t, b)
	if err != nil {
		t.Fatal(err)
	}
	part("open")
	if err := life(d); err != nil {
		t.Fatal(err)
	}
	part("life")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	part("close")
	path := filepath.Join("testdata", "calls.txt")
	if cuda.Updating() {
		if err := os.WriteFile(path, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the driver is called differently; if that is right, run the test with -update. Now:\n%s", got.String())
	}
}
