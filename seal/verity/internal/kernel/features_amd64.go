package kernel

import "golang.org/x/sys/cpu"

// The places in the answers of CPUID.
const (
	leafVendor    = 0
	leafSignature = 1
	leafFeatures  = 7
	bitSHA        = 1 << 29 // of ebx
	familyZen5    = 0x1a
)

// detect asks the processor. What needs registers that the operating system
// has to save comes from package cpu, which knows whether it does.
func detect() features {
	most, vendor1, vendor3, vendor2 := cpuid(leafVendor, 0)
	if most < leafFeatures {
		return features{}
	}
	_, ebx, _, _ := cpuid(leafFeatures, 0)
	amd := vendor1 == 0x68747541 && vendor2 == 0x69746e65 && vendor3 == 0x444d4163 // AuthenticAMD
	avx512 := cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW
	return features{
		sha:      ebx&bitSHA != 0 && cpu.X86.HasSSSE3 && cpu.X86.HasSSE41,
		avx2:     cpu.X86.HasAVX2,
		avx512:   avx512,
		avx512vl: avx512 && cpu.X86.HasAVX512VL,
		slowAdd:  amd && family() >= familyZen5,
	}
}

// family is the family of the processor: the base family, and the extended one
// that is added to it.
func family() uint32 {
	signature, _, _, _ := cpuid(leafSignature, 0)
	base, extended := signature>>8&0xf, signature>>20&0xff
	if base != 0xf {
		return base
	}
	return base + extended
}
