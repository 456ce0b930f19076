package main

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// simulatedLine stands above and below everything that a fake driver said.
const simulatedLine = "SIMULATED DRIVER: there is no GPU below; no speed here means anything.\n"

// widest is the longest value that has a line of its own in the table.
const widest = 110

// table is the results for people.
func (r *results) table() string {
	var out strings.Builder
	if r.Simulated {
		out.WriteString(simulatedLine)
	}
	fmt.Fprintf(&out, "%s\n%s\nclocks: %s\ntook %.0f s\n", r.Started.Format("2006-01-02 15:04:05 UTC"), r.Machine, r.Clocks, r.Seconds)
	out.WriteString(r.rows())
	fmt.Fprintf(&out, "\n%s\n", r.sums())
	if r.Simulated {
		out.WriteString(simulatedLine)
	}
	return out.String()
}

func (r *results) sums() string {
	count := map[cudacheck.Verdict]int{}
	for _, row := range r.Rows {
		count[row.Verdict]++
	}
	return fmt.Sprintf("checks: %d passed, %d failed; targets: %d met, %d missed; not measured: %d",
		count[cudacheck.Pass], count[cudacheck.Fail], count[cudacheck.Met], count[cudacheck.Missed], count[cudacheck.NotMeasured])
}

// rows are the lines of the table. Long texts go on in the next lines.
func (r *results) rows() string {
	var text bytes.Buffer
	columns := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	line := func(format string, args ...any) {
		if _, err := fmt.Fprintf(columns, format, args...); err != nil {
			text.WriteString(err.Error()) // it cannot fail in memory
		}
	}
	part := ""
	for _, row := range r.Rows {
		if row.Part != part {
			part = row.Part
			line("\n%s\n", part)
		}
		pieces := wrap(oneLine(row.Value), widest)
		target := ""
		if row.Target != "" {
			target = "(" + row.Target + ")"
		}
		line("  %s\t%s\t%s\t%s\n", row.Verdict, oneLine(row.Name), pieces[0], target)
		for _, piece := range pieces[1:] {
			line("  \t\t%s\t\n", piece)
		}
	}
	if err := columns.Flush(); err != nil {
		text.WriteString(err.Error())
	}
	var out strings.Builder
	for l := range strings.Lines(text.String()) {
		out.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
	return out.String()
}

// oneLine is a text without breaks and other control characters.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, text)), " ")
}

// wrap cuts a text at blanks into lines of about the width; at least one.
func wrap(text string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}
