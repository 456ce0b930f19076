package kernel

import "slices"

// Method is a way to hash leaves.
type Method int

// The methods, the slower ones first as a rule.
const (
	Standard     Method = iota // crypto/sha256
	SHANI                      // two streams of the SHA instructions
	AVX2                       // 8 lanes
	AVX512VL                   // 8 lanes; no 512-bit instruction, for which some processors slow down
	AVX512                     // 16 lanes
	AVX512Zen5                 // 16 lanes, where an instruction takes two cycles
	AVX512Double               // 32 lanes in two mixed halves, for the same; only where it is forced
	methods
)

// described are the name, the name in the environment, and the width.
var described = [methods]struct {
	name, forced string
	lanes        int
}{
	Standard:     {"crypto/sha256", "go", 1},
	SHANI:        {"sha-ni-2", "shani", 2},
	AVX2:         {"avx2-8", "avx2", 8},
	AVX512VL:     {"avx512vl-8", "avx512vl", 8},
	AVX512:       {"avx512-16", "avx512", 16},
	AVX512Zen5:   {"avx512-16-zen5", "avx512zen5", 16},
	AVX512Double: {"avx512-32", "avx512x2", 32},
}

func (m Method) known() bool { return m >= 0 && m < methods }

// String returns a name such as "avx512-16": the instructions and how many
// leaves are hashed at once.
func (m Method) String() string {
	if !m.known() {
		return "unknown"
	}
	return described[m].name
}

// Lanes returns how many leaves one call hashes at once, 1 to MaxLanes.
func (m Method) Lanes() int {
	if !m.known() {
		return 1
	}
	return described[m].lanes
}

// Forced returns the name that forces the method.
func (m Method) Forced() string {
	if !m.known() {
		return ""
	}
	return described[m].forced
}

// Methods returns all methods; crypto/sha256 is the first.
func Methods() []Method {
	all := make([]Method, 0, methods)
	for m := range methods {
		all = append(all, m)
	}
	return all
}

// Available returns the methods that this processor and its operating system
// can execute. crypto/sha256 is the first.
func Available() []Method {
	f := detect()
	return slices.DeleteFunc(Methods(), func(m Method) bool { return !f.can(m) })
}
