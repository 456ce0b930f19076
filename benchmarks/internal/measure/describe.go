package measure

import (
	"math"
	"slices"
	"time"
)

// Figures describe a series.
type Figures struct {
	Median float64 `json:"median"`
	P10    float64 `json:"p10"`
	P90    float64 `json:"p90"`
	P99    float64 `json:"p99"`
	N      int     `json:"n"`
}

// Describe returns the quantiles of the values. It does not change them.
func Describe(values []float64) Figures {
	sorted := slices.Sorted(slices.Values(values))
	return Figures{
		Median: quantile(sorted, 0.5), P10: quantile(sorted, 0.1), P90: quantile(sorted, 0.9), P99: quantile(sorted, 0.99),
		N: len(sorted),
	}
}

// quantile interpolates between the two nearest of the sorted values. Without
// values it is not a number.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	place := q * float64(len(sorted)-1)
	low := int(place)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(place-float64(low))
}

// Ratio divides two series round by round.
func Ratio(over, under []float64) []float64 {
	n := min(len(over), len(under))
	ratios := make([]float64, 0, n)
	for i := range n {
		ratios = append(ratios, over[i]/under[i])
	}
	return ratios
}

// Micros are durations in microseconds.
func Micros(durations []time.Duration) []float64 {
	values := make([]float64, 0, len(durations))
	for _, d := range durations {
		values = append(values, float64(d)/float64(time.Microsecond))
	}
	return values
}
