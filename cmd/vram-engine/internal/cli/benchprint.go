package cli

import (
	"fmt"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
)

func (a *app) printDigestBench(b digestBench) error {
	if a.json {
		return render.JSON(a.Stdout, b)
	}
	if b.Warning != "" {
		if err := render.WarningLine(a.Stderr, b.Warning); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(a.Stdout, "SHA-256 by %s, %d processors; medians of turns\n\n", b.Implementation, b.Processors); err != nil {
		return err
	}
	header, rows := memoryTable(b.Memory)
	if err := render.Table(a.Stdout, header, rows); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(a.Stdout); err != nil {
		return err
	}
	title := "FILE OF " + gpu.Bytes(b.File.Bytes).String() + " IN THE PAGE CACHE"
	return render.Table(a.Stdout, []string{title, "RATE", "P10 TO P90", against(b.File.Base)}, fileRows(b.File))
}

// memoryTable has a column for each size, and the speed at the largest.
func memoryTable(sizes []digestRates) (header []string, rows [][]string) {
	header = []string{"MEMORY"}
	if len(sizes) == 0 {
		return header, rows
	}
	for _, s := range sizes {
		header = append(header, gpu.Bytes(s.Bytes).String())
	}
	header = append(header, against(sizes[len(sizes)-1].Base))
	for i, r := range sizes[len(sizes)-1].Rates {
		row := []string{r.Name}
		for _, s := range sizes {
			if i < len(s.Rates) {
				row = append(row, render.Rate(s.Rates[i].BytesPerSecond))
			}
		}
		rows = append(rows, append(row, speed(r, sizes[len(sizes)-1].Base)))
	}
	return header, rows
}

func fileRows(f digestRates) (rows [][]string) {
	for _, r := range f.Rates {
		rows = append(rows, []string{r.Name, render.Rate(r.BytesPerSecond), render.Rate(r.P10) + " to " + render.Rate(r.P90), speed(r, f.Base)})
	}
	return rows
}

// against heads the column of ratios.
func against(base string) string {
	if base == "" {
		return "AGAINST"
	}
	return "AGAINST " + base
}

// speed compares a rate with that of the base.
func speed(r digestRate, base string) string {
	switch {
	case base == "":
		return ""
	case r.Name == base:
		return "1"
	}
	return fmt.Sprintf("%.2f", r.Ratio)
}
