package kernel

// features are what a processor can execute, with the support of the
// operating system that it needs.
type features struct {
	sha      bool // SHA256RNDS2 and what goes with it, SSSE3, SSE4.1
	avx2     bool
	avx512   bool // F and BW
	avx512vl bool // and VL
	// slowAdd: with 512-bit units, an instruction's result is ready after two
	// cycles, so that the rounds of one group wait for each other.
	slowAdd bool
}

// can reports whether a method may be called.
func (f features) can(m Method) bool {
	switch m {
	case Standard:
		return true
	case SHANI:
		return f.sha
	case AVX2:
		return f.avx2
	case AVX512VL:
		return f.avx512vl
	case AVX512, AVX512Zen5, AVX512Double:
		// The smaller groups go to the kernel of 8 lanes.
		return f.avx512 && f.avx512vl
	case methods:
	}
	return false
}

// fastest orders the methods by measurements: AVX-512 is faster than two
// streams of the SHA instructions wherever there are both, and these are faster
// than AVX2. AVX512Double is 9 to 14 % faster than AVX512Zen5 on data in L2 and
// 4 % in a whole program, but its code fills the 32 KiB instruction cache that
// two hardware threads share, and it has been seen at a third of its speed for
// minutes. So it is used only where it is forced.
func (f features) fastest() Method {
	switch {
	case f.can(AVX512Zen5) && f.slowAdd:
		return AVX512Zen5
	case f.can(AVX512):
		return AVX512
	case f.can(SHANI):
		return SHANI
	case f.can(AVX2):
		return AVX2
	}
	return Standard
}
