package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

// candidate is a GPU of this machine where no engine runs.
type candidate struct {
	Index   int       `json:"index"`
	UUID    string    `json:"uuid"`
	Name    string    `json:"name"`
	Kind    gpu.Kind  `json:"kind"`
	Total   gpu.Bytes `json:"total_bytes"`
	Usable  bool      `json:"usable"`
	Problem string    `json:"problem,omitempty"` // why it is not, and what to do
	Policy  bool      `json:"policy_violation,omitempty"`
	Notes   []string  `json:"notes,omitempty"`
}

func newCandidate(c cuda.Candidate) candidate {
	out := candidate{
		Index: c.Number, UUID: c.Info.UUID, Name: c.Info.Name, Kind: c.Info.Kind, Total: c.Info.Total,
		Usable: c.Problem == nil, Notes: c.Info.Notes,
	}
	if c.Problem != nil {
		out.Problem, out.Policy = c.Problem.Text, c.Problem.Policy
	}
	return out
}

// candidates lists the GPUs that the driver finds.
func (a *app) candidates(ctx context.Context) error {
	d, err := cuda.Diagnose(ctx, cuda.Options{}, cuda.Look)
	if err != nil {
		return err
	}
	if err := render.WarningLine(a.Stderr, noEngine(d)); err != nil {
		return err
	}
	list := make([]candidate, 0, len(d.Devices))
	for _, c := range d.Devices {
		list = append(list, newCandidate(c))
	}
	if a.json {
		return render.JSON(a.Stdout, list)
	}
	if len(list) == 0 {
		return nil
	}
	rows := make([][]string, 0, len(list))
	for _, c := range list {
		rows = append(rows, []string{strconv.Itoa(c.Index), c.Name, c.UUID, string(c.Kind), known(c.Total), yes(c.Usable)})
	}
	if err := render.Table(a.Stdout, []string{"GPU", "NAME", "UUID", "KIND", "TOTAL", "USABLE"}, rows); err != nil {
		return err
	}
	return a.findings(list)
}

// noEngine says what the list that follows is.
func noEngine(d cuda.Diagnosis) string {
	switch {
	case d.Problem != nil:
		return "no engine is running, and no GPU can be used: " + d.Problem.Text + "; vram-engine serve --sim simulates one"
	case d.Usable() == 0:
		return "no engine is running, and none of these GPUs can be used; vram-engine serve --sim simulates one"
	default:
		return "no engine is running; these are the GPUs that one could use"
	}
}

// findings are what is to be known of the devices, one a line.
func (a *app) findings(list []candidate) error {
	for _, c := range list {
		texts := c.Notes
		if c.Problem != "" {
			texts = []string{c.Problem}
		}
		for _, text := range texts {
			if _, err := fmt.Fprintf(a.Stdout, "GPU %d: %s\n", c.Index, clean.Line(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

func known(n gpu.Bytes) string {
	if n == 0 {
		return ""
	}
	return n.String()
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
