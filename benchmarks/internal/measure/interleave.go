package measure

import (
	"context"
	"runtime"
	"time"

	"github.com/cockroachdb/errors"
)

// Sample is one measurement of one case.
type Sample struct {
	Wall time.Duration
	CPU  time.Duration // user and system time of all threads
}

// Case is one thing to measure.
type Case struct {
	Name string
	Run  func(ctx context.Context) (Sample, error)
}

// Series are the samples of one case, one for each round.
type Series struct {
	Name    string
	Samples []Sample
}

// Self measures a function in this process.
func Self(name string, fn func(ctx context.Context) error) Case {
	return Case{Name: name, Run: func(ctx context.Context) (Sample, error) {
		cpu, err := ProcessCPU()
		if err != nil {
			return Sample{}, err
		}
		start := time.Now()
		if err := fn(ctx); err != nil {
			return Sample{}, err
		}
		wall := time.Since(start)
		after, err := ProcessCPU()
		return Sample{Wall: wall, CPU: after - cpu}, err
	}}
}

// Interleave runs every case once unmeasured and then once in each round. The
// case that begins changes from round to round, so that none always follows
// the same one.
func Interleave(ctx context.Context, rounds int, cases ...Case) ([]Series, error) {
	series := make([]Series, len(cases))
	for round := -1; round < rounds; round++ {
		for i := range cases {
			at := (i + max(round, 0)) % len(cases)
			runtime.GC()
			sample, err := cases[at].Run(ctx)
			if err != nil {
				return nil, errors.Wrapf(err, "%s", cases[at].Name)
			}
			series[at].Name = cases[at].Name
			if round >= 0 {
				series[at].Samples = append(series[at].Samples, sample)
			}
		}
	}
	return series, nil
}

// Map turns each sample into a figure.
func (s Series) Map(figure func(Sample) float64) []float64 {
	values := make([]float64, 0, len(s.Samples))
	for _, sample := range s.Samples {
		values = append(values, figure(sample))
	}
	return values
}

// WallRate is bytes per second of wall time, in GB/s.
func WallRate(size uint64) func(Sample) float64 {
	return func(s Sample) float64 { return float64(size) / s.Wall.Seconds() / 1e9 }
}

// CPURate is bytes per second of CPU time, in GB/s.
func CPURate(size uint64) func(Sample) float64 {
	return func(s Sample) float64 { return float64(size) / s.CPU.Seconds() / 1e9 }
}

// WallSeconds is the wall time.
func WallSeconds(s Sample) float64 { return s.Wall.Seconds() }

// CPUSeconds is the CPU time.
func CPUSeconds(s Sample) float64 { return s.CPU.Seconds() }
