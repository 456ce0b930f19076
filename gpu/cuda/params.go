package cuda

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// maxParams is the most parameters that are looked for.
const maxParams = 256

// checkParams fails unless the kernel's parameters have these sizes. The
// driver reads as many arguments as the kernel declares, whatever it is given,
// so this is checked before the first launch: with the driver, or with the
// text of the module where the driver is older than CUDA 12.4.
func (d *device) checkParams(op, name string, f driver.Function, text []byte, want []int) error {
	var have []int
	if d.lib.Has("cuFuncGetParamInfo") {
		for i := 0; ; i++ {
			_, size, r := d.lib.ParamSize(f, i)
			if r == driver.ErrorInvalidValue || i == maxParams {
				break
			}
			if err := d.check(op, "cuFuncGetParamInfo", r); err != nil {
				return err
			}
			n, ok := size.Int()
			if !ok {
				return d.refuse(op, gpu.ErrInvalidValue, "parameter %d of kernel %q is too large", i, name)
			}
			have = append(have, n)
		}
	} else {
		var ok bool
		if have, ok = ptxParams(string(text), name); !ok {
			return d.refuse(op, gpu.ErrInvalidValue, "the parameters of kernel %q cannot be read from its PTX, and the driver cannot tell them: it is older than CUDA 12.4", name)
		}
	}
	if !slices.Equal(have, want) {
		return d.refuse(op, gpu.ErrInvalidValue, "kernel %q has parameters of %v bytes and was registered with %v", name, have, want)
	}
	return nil
}

// ptxParams reads the sizes of an entry's parameters from PTX text, as
// compilers write it. The answer is false for anything else.
func ptxParams(text, name string) ([]int, bool) {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, ".entry")
		if !found {
			return nil, false
		}
		rest = after
		head := strings.TrimLeft(after, " \t\r\n")
		if head == after {
			continue
		}
		behind, ok := strings.CutPrefix(head, name)
		behind = strings.TrimLeft(behind, " \t\r\n")
		if !ok || !strings.HasPrefix(behind, "(") {
			continue
		}
		list, _, closed := strings.Cut(behind[1:], ")")
		if !closed {
			return nil, false
		}
		return paramSizes(list)
	}
}

// paramSizes reads the list between the brackets.
func paramSizes(list string) ([]int, bool) {
	var sizes []int
	if strings.TrimSpace(list) == "" {
		return sizes, true
	}
	for _, one := range strings.Split(list, ",") {
		size, ok := paramSize(strings.Fields(one))
		if !ok {
			return nil, false
		}
		sizes = append(sizes, size)
	}
	return sizes, true
}

// paramSize reads one parameter: ".param .u64 name", or
// ".param .align 8 .b8 name[16]", with the attributes of pointers in between.
func paramSize(words []string) (int, bool) {
	if len(words) < 3 || words[0] != ".param" {
		return 0, false
	}
	size := 0
	for _, w := range words[1:] {
		if bits, ok := typeBits(w); ok {
			if size != 0 {
				return 0, false
			}
			size = bits / 8
		}
	}
	_, count, array := strings.Cut(words[len(words)-1], "[")
	if !array {
		return size, size > 0
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(count, "]"), 10, 16)
	if err != nil {
		return 0, false
	}
	return size * int(n), size > 0 && n > 0
}

// typeBits is the width of a type such as .u64.
func typeBits(word string) (int, bool) {
	if len(word) < 3 || word[0] != '.' || !strings.ContainsRune("usbf", rune(word[1])) {
		return 0, false
	}
	switch word[2:] {
	case "8", "16", "32", "64":
		n, err := strconv.Atoi(word[2:])
		return n, err == nil
	default:
		return 0, false
	}
}
