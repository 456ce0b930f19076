package cudatest_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

func TestModulesOfThisProjectLoad(t *testing.T) {
	d := start(t, cudatest.Config{})
	for _, capability := range []int{70, 75, 90, 120} {
		d.c.Reset(cudatest.Config{Capability: capability})
		d.context(0)
		text, err := kernels.PTX(capability)
		if err != nil {
			t.Fatal(err)
		}
		module, code := d.load(string(text))
		if code != success {
			t.Fatalf("capability %d: %d", capability, code)
		}
		for _, entry := range kernels.Entries() {
			f, code := d.function(module, entry.Name)
			d.want(success, code)
			for i, want := range entry.Params {
				var offset, size uint64
				d.want(success, d.call("cuFuncGetParamInfo", f, uintptr(i), uintptr(unsafe.Pointer(&offset)), uintptr(unsafe.Pointer(&size))))
				if gpu.BytesOf(want) != gpu.Bytes(size) {
					t.Errorf("%s, parameter %d: %d bytes, want %d", entry.Name, i, size, want)
				}
			}
		}
	}
}

func TestModuleIsRefused(t *testing.T) {
	good := string(gputest.PTX())
	replace := func(old, by string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the module has no %q", old)
		}
		return strings.Replace(good, old, by, 1)
	}
	tests := []struct {
		name   string
		text   string
		config cudatest.Config
		want   int
	}{
		{"good", good, cudatest.Config{}, success},
		{"comments", "/* a */ // b\n" + good, cudatest.Config{}, success},
		{"empty", "", cudatest.Config{}, invalidImage},
		{"no text", "\x7fELF\x02\x01\x01", cudatest.Config{}, invalidImage},
		{"no header", replace(".version 6.3", ""), cudatest.Config{}, invalidPTX},
		{"no target", replace(".target sm_75", ""), cudatest.Config{}, invalidPTX},
		{"32 bits", replace(".address_size 64", ".address_size 32"), cudatest.Config{}, invalidPTX},
		{"a body without an end", good[:strings.LastIndex(good, "}")], cudatest.Config{}, invalidPTX},
		{"a parameter of another size", replace(".param .u32", ".param .u64"), cudatest.Config{}, invalidPTX},
		{"a strange parameter", replace(".param .u32", ".parameter .u32"), cudatest.Config{}, invalidPTX},
		{"too new", replace(".version 6.3", ".version 8.5"), cudatest.Config{Driver: 12040}, unsupportedPTX},
		{"new enough", replace(".version 6.3", ".version 8.4"), cudatest.Config{Driver: 12040}, success},
		{"for a newer GPU", good, cudatest.Config{Capability: 70}, noBinary},
		{"for one GPU only", replace("sm_75", "sm_80a"), cudatest.Config{Capability: 90}, noBinary},
		{"for this GPU only", replace("sm_75", "sm_90a"), cudatest.Config{Capability: 90}, success},
		{"for a GPU that is forgotten", replace("sm_75", "sm_70"), cudatest.Config{LeastTarget: 75}, noBinary},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, tt.config)
			d.context(0)
			log := make([]byte, 256)
			options := []int32{5, 6}
			values := []uintptr{uintptr(unsafe.Pointer(&log[0])), uintptr(len(log))}
			image := append([]byte(tt.text), 0)
			var module uintptr
			code := d.call("cuModuleLoadDataEx", uintptr(unsafe.Pointer(&module)), uintptr(unsafe.Pointer(&image[0])), 2,
				uintptr(unsafe.Pointer(&options[0])), uintptr(unsafe.Pointer(&values[0])))
			if code != tt.want {
				t.Errorf("answered %d, want %d: %s", code, tt.want, log)
			}
			if (values[1] > 0) != (tt.want != success) {
				t.Errorf("answered %d with a log of %d bytes", code, values[1])
			}
		})
	}
}
