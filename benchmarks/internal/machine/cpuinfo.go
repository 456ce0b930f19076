package machine

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

const cpuinfoFile = "/proc/cpuinfo"

// processor is what the kernel says of the first processor.
type processor struct{ flags []string }

func cpuinfo() processor {
	flags := field(cpuinfoFile, "flags")
	if flags == unknown {
		flags = field(cpuinfoFile, "Features") // arm64
	}
	return processor{flags: strings.Fields(flags)}
}

func (p processor) has(flag string) bool { return slices.Contains(p.flags, flag) }

// name adds family and model, because some models are sold under one name.
func (p processor) name() string {
	name := field(cpuinfoFile, "model name")
	if family := field(cpuinfoFile, "cpu family"); family != unknown {
		name = fmt.Sprintf("%s (family %s, model %s)", name, family, field(cpuinfoFile, "model"))
	}
	return name
}

// sha256Path names the instructions that crypto/sha256 of Go 1.26 takes on
// this processor.
func (p processor) sha256Path() string {
	switch {
	case runtime.GOARCH == "amd64" && p.has("sha_ni") && p.has("avx") && p.has("sse4_1") && p.has("ssse3"):
		return "SHA-NI"
	case runtime.GOARCH == "amd64" && p.has("avx2") && p.has("bmi2"):
		return "AVX2"
	case runtime.GOARCH == "arm64" && p.has("sha2"):
		return "SHA2 instructions"
	}
	return "no special instructions"
}
