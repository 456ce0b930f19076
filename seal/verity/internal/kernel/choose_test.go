package kernel

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	old := features{}
	haswell := features{avx2: true}
	zen3 := features{sha: true, avx2: true}
	skylakeX := features{avx2: true, avx512: true, avx512vl: true}
	iceLake := features{sha: true, avx2: true, avx512: true, avx512vl: true}
	zen5 := features{sha: true, avx2: true, avx512: true, avx512vl: true, slowAdd: true}
	knightsLanding := features{avx2: true, avx512: true} // without VL
	tests := []struct {
		name   string
		f      features
		forced string
		fips   bool
		want   Method
		text   string
		warned bool
	}{
		{"old", old, "", false, Standard, "crypto/sha256", false},
		{"Haswell", haswell, "", false, AVX2, "avx2-8", false},
		{"Zen 3", zen3, "", false, SHANI, "sha-ni-2", false},
		{"Skylake-X", skylakeX, "", false, AVX512, "avx512-16", false},
		{"Ice Lake", iceLake, "", false, AVX512, "avx512-16", false},
		{"Zen 5", zen5, "", false, AVX512Zen5, "avx512-16-zen5", false},
		{"without VL", knightsLanding, "", false, AVX2, "avx2-8", false},
		{"forced go", zen5, "go", false, Standard, "crypto/sha256", false},
		{"forced AVX2", zen5, "avx2", false, AVX2, "avx2-8", false},
		{"forced VL", zen5, "avx512vl", false, AVX512VL, "avx512vl-8", false},
		{"forced SHA-NI", iceLake, "shani", false, SHANI, "sha-ni-2", false},
		{"forced for Zen 5", iceLake, "avx512zen5", false, AVX512Zen5, "avx512-16-zen5", false},
		{"forced double", iceLake, "avx512x2", false, AVX512Double, "avx512-32", false},
		{"forced, lacking", haswell, "avx512", false, AVX2, "avx2-8", true},
		{"forced, lacking all", old, "shani", false, Standard, "crypto/sha256", true},
		{"forced, unknown", zen3, "AVX2", false, SHANI, "sha-ni-2", true},
		{"FIPS", zen5, "", true, Standard, "crypto/sha256 (FIPS 140-3 mode)", false},
		{"FIPS, forced go", zen5, "go", true, Standard, "crypto/sha256 (FIPS 140-3 mode)", false},
		{"FIPS, forced kernel", zen5, "avx512", true, Standard, "crypto/sha256 (FIPS 140-3 mode)", true},
	}
	for _, tt := range tests {
		got := choose(tt.f, tt.forced, tt.fips)
		if got.Plan.Method() != tt.want || got.Text != tt.text || (got.Warning != "") != tt.warned {
			t.Errorf("%s: got %v, %q, warning %q", tt.name, got.Plan.Method(), got.Text, got.Warning)
		}
		if tt.forced != "" && strings.Contains(got.Warning, tt.forced+" ") {
			t.Errorf("%s: the warning repeats what the environment says: %q", tt.name, got.Warning)
		}
	}
}

func TestMethodsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Methods() {
		if m.String() == "" || m.Forced() == "" || seen[m.String()] || seen[m.Forced()] {
			t.Errorf("method %d: %q, %q", int(m), m, m.Forced())
		}
		seen[m.String()], seen[m.Forced()] = true, true
		if m.Lanes() < 1 || m.Lanes() > MaxLanes {
			t.Errorf("%v has %d lanes", m, m.Lanes())
		}
	}
	for _, m := range []Method{-1, methods} {
		if m.String() != "unknown" || m.Forced() != "" || m.Lanes() != 1 || (features{}).can(m) {
			t.Errorf("method %d: %q, %d lanes", int(m), m, m.Lanes())
		}
	}
	if Available()[0] != Standard {
		t.Errorf("available: %v", Available())
	}
}
