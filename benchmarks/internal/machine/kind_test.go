package machine

import "testing"

func TestKindOf(t *testing.T) {
	for _, tt := range []struct {
		vendor        string
		family, model int
		avx512        bool
		want          Kind
	}{
		{"GenuineIntel", 6, 85, true, Intel},
		{"AuthenticAMD", 0x17, 0x31, false, Zen3},
		{"AuthenticAMD", 0x19, 0x01, false, Zen3},
		{"AuthenticAMD", 0x19, 0x11, true, Zen4},
		{"AuthenticAMD", 0x1a, 0x02, true, Zen5Whole},
		{"AuthenticAMD", 0x1a, 0x44, true, Zen5Whole},
		{"AuthenticAMD", 0x1a, 0x24, true, Zen4},
		{"AuthenticAMD", 0x15, 0x01, false, OtherKind},
		{"", 0, 0, false, OtherKind},
	} {
		if got := kindOf(tt.vendor, tt.family, tt.model, tt.avx512); got != tt.want {
			t.Errorf("%+v: got %d", tt, got)
		}
	}
	KindOf() // whatever it is, it is found out
}
