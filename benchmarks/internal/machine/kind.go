package machine

import "strconv"

// Kind groups processors whose vector units are alike.
type Kind int

// The kinds of processors for which limits of the kernels are known.
const (
	OtherKind Kind = iota
	Intel
	Zen3      // AMD before Zen 4
	Zen4      // and Zen 5 with halved units: an instruction of 512 bits takes a unit twice
	Zen5Whole // Zen 5 with four units of 512 bits
)

// KindOf looks at this machine's processor.
func KindOf() Kind {
	family, err := strconv.Atoi(field(cpuinfoFile, "cpu family"))
	if err != nil {
		return OtherKind
	}
	model, err := strconv.Atoi(field(cpuinfoFile, "model"))
	if err != nil {
		return OtherKind
	}
	return kindOf(field(cpuinfoFile, "vendor_id"), family, model, cpuinfo().has("avx512f"))
}

func kindOf(vendor string, family, model int, avx512 bool) Kind {
	switch {
	case vendor == "GenuineIntel":
		return Intel
	case vendor != "AuthenticAMD" || family < 0x17:
		return OtherKind
	case family >= 0x1a && (model < 0x20 || model >= 0x40 && model < 0x50):
		return Zen5Whole // Turin, Granite Ridge
	case avx512:
		return Zen4
	}
	return Zen3
}
