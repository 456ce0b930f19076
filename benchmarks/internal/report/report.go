package report

import (
	"fmt"
	"time"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
)

// Schema names the form of the JSON.
const Schema = "vram-engine-benchmarks/2"

// Report is one run.
type Report struct {
	Schema  string          `json:"schema"`
	Started time.Time       `json:"started"`
	Took    float64         `json:"took_seconds"`
	Machine machine.Machine `json:"machine"`
	Quiet   machine.Quiet   `json:"quiet"`
	Pinned  *int            `json:"pinned_to_cpu"` // where cases on one core ran; null: not pinned
	Rows    []Row           `json:"rows"`
	Ratios  []Ratio         `json:"ratios"`
	Checks  []Check         `json:"checks"`
	Notes   []string        `json:"notes"`
}

// Row is a figure of a group.
type Row struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	Unit  string `json:"unit"`
	// What follows is set where rows belong together and can be drawn.
	Topic   Topic   `json:"topic,omitempty"`
	Subject string  `json:"subject,omitempty"` // what was measured
	Family  string  `json:"family,omitempty"`  // what it computes
	Time    Time    `json:"time,omitempty"`
	Bytes   uint64  `json:"bytes,omitempty"` // of one operation
	Threads int     `json:"threads,omitempty"`
	Limit   float64 `json:"limit,omitempty"` // the best that the processor's units allow
	measure.Figures
}

// Ratio compares two rows in one run: the median of the rounds' ratios.
type Ratio struct {
	Group string `json:"group"`
	Name  string `json:"name"`
	measure.Figures
}

// Check is a limit that a figure has to keep.
type Check struct {
	Group string  `json:"group"`
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Limit float64 `json:"limit"` // the value is at most this
	Unit  string  `json:"unit"`
	Pass  bool    `json:"pass"`
}

// New begins a report.
func New(m machine.Machine) *Report {
	return &Report{Schema: Schema, Started: time.Now().UTC().Truncate(time.Second), Machine: m}
}

// Add adds a row for the values.
func (r *Report) Add(group, name, unit string, values ...float64) {
	r.Rows = append(r.Rows, Row{Group: group, Name: name, Unit: unit, Figures: measure.Describe(values)})
}

// Point adds a row whose fields say what belongs together.
func (r *Report) Point(row Row, values ...float64) {
	row.Figures = measure.Describe(values)
	r.Rows = append(r.Rows, row)
}

// Compare adds the ratio of two series, round by round.
func (r *Report) Compare(group, name string, over, under []float64) {
	r.Ratios = append(r.Ratios, Ratio{Group: group, Name: name, Figures: measure.Describe(measure.Ratio(over, under))})
}

// AtMost adds a check.
func (r *Report) AtMost(group, name, unit string, value, limit float64) {
	r.Checks = append(r.Checks, Check{Group: group, Name: name, Value: value, Limit: limit, Unit: unit, Pass: value <= limit})
}

// Notef adds a sentence for the reader.
func (r *Report) Notef(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Join adds the figures of another report.
func (r *Report) Join(part *Report) {
	r.Rows = append(r.Rows, part.Rows...)
	r.Ratios = append(r.Ratios, part.Ratios...)
	r.Checks = append(r.Checks, part.Checks...)
	r.Notes = append(r.Notes, part.Notes...)
}

// KeepFailures adds the checks of another report that failed.
func (r *Report) KeepFailures(part *Report) {
	for _, c := range part.Checks {
		if !c.Pass {
			r.Checks = append(r.Checks, c)
		}
	}
}

// Passed reports whether every check passed.
func (r *Report) Passed() bool {
	for _, c := range r.Checks {
		if !c.Pass {
			return false
		}
	}
	return true
}
