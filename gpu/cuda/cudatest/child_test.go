package cudatest_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"
)

// await reads until the program has said the word.
func await(t *testing.T, from io.Reader, text *strings.Builder, word string) {
	t.Helper()
	part := make([]byte, 256)
	for !strings.Contains(text.String(), word) {
		n, err := from.Read(part)
		text.Write(part[:n])
		if err != nil {
			t.Fatalf("the program did not say %q: %v\n%s", word, err, text.String())
		}
	}
}

// child is the other program: it finds the fake as it would find a driver.
func child(t *testing.T) {
	library, err := purego.Dlopen("libcuda.so.1", purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		t.Fatal(err)
	}
	nvml, err := purego.Dlopen("libnvidia-ml.so.1", purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{t: t, handles: [2]uintptr{library, nvml}}
	var version, count int32
	ask := func() int { return d.call("cuDriverGetVersion", uintptr(unsafe.Pointer(&version))) }
	d.want(success, ask())
	d.want(802, ask())
	d.want(success, d.call("cuInit", 0))
	d.want(success, d.call("nvmlInit_v2"))
	d.want(success, d.call("nvmlDeviceGetCount_v2", uintptr(unsafe.Pointer(&count))))
	if version != 12010 || count != 3 {
		t.Fatalf("version %d, %d devices", version, count)
	}
	fmt.Println("ready")
	if _, err := io.ReadAll(os.Stdin); err != nil {
		t.Fatal(err)
	}
	d.want(notReady, ask())
	fmt.Println("failed as told")
}
