package cudacheck

import (
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// The pattern's leaves are those of its bytes.
func TestPatternLeaves(t *testing.T) {
	const size = 2*patternChunk + 3*gpu.BlockSize
	leaves, err := patternLeaves(t.Context(), 7, size)
	if err != nil {
		t.Fatal(err)
	}
	var data []byte
	for i := range uint64(size) / 8 {
		w := patternWord(7, i)
		for range 8 {
			data = append(data, byte(w))
			w >>= 8
		}
	}
	got, err := verity.DigestLeaves(uint64(size), leaves)
	if err != nil {
		t.Fatal(err)
	}
	if want := verity.Sum(data); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestQuantity(t *testing.T) {
	for _, tt := range []struct {
		v    float64
		unit string
		want string
	}{{1234.5, "GB/s", "1234 GB/s"}, {12.345, "", "12.3"}, {1.2345, "s", "1.23 s"}, {0.01234, "ms", "0.012 ms"}} {
		if got := quantity(tt.v, tt.unit); got != tt.want {
			t.Errorf("%v %s: %q, want %q", tt.v, tt.unit, got, tt.want)
		}
	}
	if got := median([]float64{9, 1, 5, 3}); got != 3 {
		t.Errorf("median %v", got)
	}
}

// A figure is judged by its limit, in its direction, and never on a simulated
// driver.
func TestFigure(t *testing.T) {
	for _, tt := range []struct {
		name      string
		simulated bool
		v         float64
		want      Verdict
	}{
		{figureVerify, false, 500, Met}, {figureVerify, false, 499, Missed}, {figureVerify, true, 900, NotMeasured},
		{figureStart, false, 1.9, Met}, {figureStart, false, 2.1, Missed}, {figurePatrol, false, 2.5, Missed},
	} {
		var rows []Row
		r := Recorder{Part: "x", Simulated: tt.simulated, Emit: func(r Row) { rows = append(rows, r) }}
		r.Figure(tt.name, tt.v)
		if len(rows) != 1 || rows[0].Verdict != tt.want || rows[0].Target == "" || len(rows[0].Samples) != 1 {
			t.Errorf("%s of %v: %+v", tt.name, tt.v, rows)
		}
	}
	for _, f := range Figures() {
		if f.Target == "" || f.limit == 0 {
			t.Errorf("the figure %q has no target", f.Name)
		}
	}
}

func BenchmarkPatternLeaves(b *testing.B) {
	const size = 256 * gpu.MiB
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := patternLeaves(b.Context(), 7, size); err != nil {
			b.Fatal(err)
		}
	}
}
