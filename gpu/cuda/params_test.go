package cuda

import (
	"slices"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

func TestParamsOfRealModules(t *testing.T) {
	text, err := kernels.PTX(90)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range kernels.Entries() {
		if got, ok := ptxParams(string(text), e.Name); !ok || !slices.Equal(got, e.Params) {
			t.Errorf("%s: %v, want %v", e.Name, got, e.Params)
		}
	}
	for _, k := range gputest.Kernels(gputest.PTX()) {
		if got, ok := ptxParams(string(k.PTX), k.Name); !ok || !slices.Equal(got, k.Params) {
			t.Errorf("%s: %v, want %v", k.Name, got, k.Params)
		}
	}
}

func TestParams(t *testing.T) {
	for text, want := range map[string][]int{
		".entry k()":                        {},
		".visible .entry k (.param .u32 a)": {4},
		".entry k(\n\t.param .u64 .ptr .global .align 16 a,\n\t.param .f32 b\n)": {8, 4},
		".entry k(.param .align 8 .b8 a[24])":                                    {24},
		".entry kk(.param .u32 a) .entry k(.param .u64 a)":                       {8},
		".entry\tk(.param .b8 a, .param .s16 b)":                                 {1, 2},
	} {
		if got, ok := ptxParams(text, "k"); !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{
		"", ".entry", ".entry k", ".entry k(", ".entry other()", ".entryk()", ".entry k(.param a)", ".entry k(.u32 a)",
		".entry k(.param .u32 .u64 a)", ".entry k(.param .u7 a)", ".entry k(.param .b8 a[])", ".entry k(.param .b8 a[0])",
		".entry k(.param .b8 a[999999])", ".entry k(,)",
	} {
		if got, ok := ptxParams(text, "k"); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzParams(f *testing.F) {
	f.Add(".visible .entry k(\n\t.param .u64 k_param_0,\n\t.param .align 4 .b8 k_param_1[12]\n)", "k")
	f.Add(".entry k()", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		sizes, ok := ptxParams(text, name)
		if !ok && sizes != nil {
			t.Error("sizes of what was not understood")
		}
		for _, n := range sizes {
			if n <= 0 {
				t.Errorf("a parameter of %d bytes", n)
			}
		}
	})
}
