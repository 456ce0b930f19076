package cli

import (
	"context"
	"slices"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
)

// trial is one thing that is measured.
type trial struct {
	name    string
	threads int
	base    bool // what the others are compared with
	work    func(ctx context.Context) error
}

// digestRates are the medians of what took turns on the same bytes.
type digestRates struct {
	Bytes uint64       `json:"bytes"`
	Base  string       `json:"base,omitempty"` // what ratio compares with
	Rates []digestRate `json:"rates"`
}

// digestRate is one of them, in bytes a second.
type digestRate struct {
	Name           string  `json:"name"`
	Threads        int     `json:"threads"`
	DurationMS     float64 `json:"duration_ms"`
	BytesPerSecond float64 `json:"bytes_per_second"`
	P10            float64 `json:"p10_bytes_per_second"`
	P90            float64 `json:"p90_bytes_per_second"`
	Ratio          float64 `json:"ratio,omitempty"` // speed over that of the base: the median of the rounds
}

// A sample hashes at least sampleBytes; rounds end when enough time is spent,
// but there are a few at least.
const (
	sampleBytes = 2 * gpu.MiB
	mostRounds  = 9
	leastRounds = 3
	enoughTime  = 4 * time.Second
)

// takeTurns runs all trials once unmeasured, and then in rounds. The one that
// begins changes.
func takeTurns(ctx context.Context, line *benchLine, size gpu.Bytes, trials []trial) (digestRates, error) {
	repeat := max(sampleBytes/max(size, 1), 1)
	took := make([][]float64, len(trials))
	start := time.Now()
	for round := range mostRounds + 1 {
		if round > leastRounds && time.Since(start) > enoughTime {
			break
		}
		for i := range trials {
			at := (i + round) % len(trials)
			t := trials[at]
			if err := line.show("measuring " + size.String() + ": " + t.name); err != nil {
				return digestRates{}, err
			}
			begin := time.Now()
			for range repeat {
				if err := t.work(ctx); err != nil {
					return digestRates{}, errors.Wrap(err, t.name)
				}
				if err := ctx.Err(); err != nil {
					return digestRates{}, err
				}
			}
			if round > 0 {
				took[at] = append(took[at], max(time.Since(begin), 1).Seconds()/float64(repeat))
			}
		}
	}
	return ratesOf(size, trials, took), nil
}

func ratesOf(size gpu.Bytes, trials []trial, took [][]float64) digestRates {
	out := digestRates{Bytes: uint64(size), Rates: []digestRate{}}
	base := slices.IndexFunc(trials, func(t trial) bool { return t.base })
	if base >= 0 {
		out.Base = trials[base].name
	}
	for i, t := range trials {
		seconds := slices.Sorted(slices.Values(took[i]))
		median := quantile(seconds, 0.5)
		r := digestRate{
			Name: t.name, Threads: t.threads, DurationMS: median * 1000, BytesPerSecond: float64(size) / median,
			P10: float64(size) / quantile(seconds, 0.9), P90: float64(size) / quantile(seconds, 0.1),
		}
		if base >= 0 && base != i {
			ratios := make([]float64, 0, len(seconds))
			for round, s := range took[i] {
				ratios = append(ratios, took[base][round]/s)
			}
			slices.Sort(ratios)
			r.Ratio = quantile(ratios, 0.5)
		}
		out.Rates = append(out.Rates, r)
	}
	return out
}

// quantile is one of the sorted values, of which there is at least one; the
// nearest two are interpolated.
func quantile(sorted []float64, q float64) float64 {
	place := q * float64(len(sorted)-1)
	low := int(place)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(place-float64(low))
}
