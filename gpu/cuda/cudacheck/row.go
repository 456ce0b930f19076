package cudacheck

import (
	"fmt"
	"slices"
	"strconv"
)

// Verdict is what a row means.
type Verdict string

// The verdicts. Checks pass or fail; figures meet their target or miss it.
const (
	Noted       Verdict = ""
	Pass        Verdict = "PASS"
	Fail        Verdict = "FAIL"
	Met         Verdict = "met"
	Missed      Verdict = "missed"
	NotMeasured Verdict = "not measured"
)

// Row is one finding.
type Row struct {
	Part    string    `json:"part"`
	Name    string    `json:"name"`
	Value   string    `json:"value"`
	Target  string    `json:"target,omitempty"`
	Verdict Verdict   `json:"verdict,omitempty"`
	Unit    string    `json:"unit,omitempty"`    // of the samples
	Samples []float64 `json:"samples,omitempty"` // the value is their median
}

// Recorder makes the rows of one part.
type Recorder struct {
	Part string
	Emit func(Row)
	// Simulated tells that there is no hardware below, so that no figure counts.
	Simulated bool
}

// Say records a fact.
func (r *Recorder) Say(name, format string, args ...any) {
	r.Emit(Row{Part: r.Part, Name: name, Value: fmt.Sprintf(format, args...)})
}

// Number records samples of a measurement. Without any there is no row.
func (r *Recorder) Number(name, unit string, samples ...float64) {
	if len(samples) > 0 {
		r.Emit(Row{Part: r.Part, Name: name, Value: quantity(median(samples), unit), Unit: unit, Samples: samples})
	}
}

// Check records whether something is right.
func (r *Recorder) Check(name string, right bool, format string, args ...any) {
	verdict := Fail
	if right {
		verdict = Pass
	}
	r.Emit(Row{Part: r.Part, Name: name, Value: fmt.Sprintf(format, args...), Verdict: verdict})
}

// Missing records that something was not measured, and why.
func (r *Recorder) Missing(name, format string, args ...any) {
	r.Emit(Row{Part: r.Part, Name: name, Value: fmt.Sprintf(format, args...), Verdict: NotMeasured})
}

// quantity is a number with three digits that count, and its unit.
func quantity(v float64, unit string) string {
	digits := 3
	switch {
	case v >= 100 || v <= -100:
		digits = 0
	case v >= 10 || v <= -10:
		digits = 1
	case v >= 1 || v <= -1:
		digits = 2
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if unit == "" {
		return text
	}
	return text + " " + unit
}

// median is the middle of the samples, the lower one of two. It does not
// change them.
func median(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)/2]
}
