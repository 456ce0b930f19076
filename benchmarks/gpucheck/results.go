package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// schema names the form of the JSON.
const schema = "vram-engine-gpu-check/1"

// results are what a run found.
type results struct {
	Schema    string             `json:"schema"`
	Started   time.Time          `json:"started"`
	Seconds   float64            `json:"took_seconds"`
	Machine   machine.Machine    `json:"machine"`
	GPU       string             `json:"gpu"`
	Clocks    string             `json:"clocks"` // what nvidia-smi says, if it is there
	Simulated bool               `json:"simulated"`
	Took      map[string]float64 `json:"took_seconds_by_part"`
	Rows      []cudacheck.Row    `json:"rows"`

	mu sync.Mutex // a part that could not be ended may still add rows
}

func newResults(ctx context.Context) *results {
	r := &results{Schema: schema, Started: time.Now().UTC().Truncate(time.Second), Machine: machine.Describe(ctx), Took: map[string]float64{}}
	// What counts is what the program was built from, not where it runs.
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && len(s.Value) >= 12:
				r.Machine.Commit = s.Value[:12]
			case s.Key == "vcs.modified":
				r.Machine.Dirty = s.Value == "true"
			}
		}
	}
	r.Clocks = clocks(ctx)
	return r
}

func (r *results) setDevice(name string) {
	r.GPU, r.Machine.Backend = name, name
	r.Simulated = strings.HasPrefix(strings.ToLower(name), "fake")
}

// add adds a row. It may be called from any goroutine.
func (r *results) add(row cudacheck.Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Rows = append(r.Rows, row)
}

// final are the results as they are now, for one goroutine.
func (r *results) final() *results {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &results{Schema: r.Schema, Started: r.Started, Seconds: time.Since(r.Started).Seconds(), Machine: r.Machine, GPU: r.GPU,
		Clocks: r.Clocks, Simulated: r.Simulated, Took: r.Took, Rows: slices.Clone(r.Rows)}
}

// finish adds the figures of which no part said anything.
func (r *results) finish(whole bool) {
	for _, f := range cudacheck.Figures() {
		said := slices.ContainsFunc(r.Rows, func(row cudacheck.Row) bool { return row.Part == f.Part && row.Name == f.Name })
		if whole && !said {
			r.add(f.Row("the part did not get that far"))
		}
	}
}

// withoutGPU prints what a run would have measured.
func (r *results) withoutGPU(w io.Writer) error {
	for _, p := range parts() {
		r.add(cudacheck.Row{Part: p.name, Name: p.about, Verdict: cudacheck.NotMeasured})
	}
	for _, f := range cudacheck.Figures() {
		r.add(f.Row("no GPU"))
	}
	_, err := io.WriteString(w, r.rows())
	return errors.Wrap(err, "the table")
}

func (r *results) failed() int {
	n := 0
	for _, row := range r.Rows {
		if row.Verdict == cudacheck.Fail {
			n++
		}
	}
	return n
}

// save writes gpu-<date>-<commit>.json and .txt, over those of an earlier run
// of that day and commit. Those of a simulated driver are called so.
func (r *results) save(dir string) (string, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return "", errors.Wrap(err, "the results cannot be written as JSON")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // results are public
		return "", errors.Wrap(err, "the folder of the results")
	}
	name := "gpu-"
	if r.Simulated {
		name = "simulated-gpu-"
	}
	stem := filepath.Join(dir, name+r.Started.Format("2006-01-02")+"-"+r.Machine.Commit)
	for path, content := range map[string][]byte{stem + ".json": append(text, '\n'), stem + ".txt": []byte(r.table())} {
		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // results are public
			return "", errors.Wrap(err, "the results")
		}
	}
	return stem + ".json", nil
}
