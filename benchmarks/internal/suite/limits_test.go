package suite

import (
	"math"
	"testing"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
)

func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind machine.Kind
		want float64
	}{
		{"avx512-16", machine.Intel, 0.84},
		{"avx512vl-8", machine.Intel, 1.12},
		{"avx2-8", machine.Intel, 2.18},
		{"avx512-16", machine.Zen4, 0.84},
		{"avx512-32", machine.Zen5Whole, 0.42},
		{"sha-ni-2", machine.Zen3, 1},
		{"avx512-16", machine.Zen3, 0},
		{"crypto/sha256", machine.Intel, 0},
		{"avx2-8", machine.OtherKind, 0},
	} {
		if got := limitOf(tt.name, tt.kind); math.Abs(got-tt.want) > 0.006 {
			t.Errorf("%s on kind %d: %.4f, want %.2f", tt.name, tt.kind, got, tt.want)
		}
	}
}
