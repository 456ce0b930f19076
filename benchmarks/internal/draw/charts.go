//nolint:misspell // package image and gonum spell it so
package draw

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot"

	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// The programs of this project, one of which is drawn, and the other left out.
const (
	engine  = "vram-engine digest"
	library = "seal/verity in a process"
)

// oneCore draws whole programs: bytes for a second of processor time on one
// core, and for a second of the clock where this project's uses all.
func oneCore(r *report.Report) (*plot.Plot, error) {
	rows := r.Of(report.OneCore)
	ours := library
	if slices.ContainsFunc(rows, func(row report.Row) bool { return row.Subject == engine }) {
		ours = engine
	}
	var all []bar
	var size uint64
	for _, row := range rows {
		own := row.Subject == engine || row.Subject == library
		alone := row.Threads == 1 && row.Time == report.CPU
		together := row.Threads > 1 && row.Time == report.Wall && own
		rate, low, high, ok := row.Rate()
		if row.Time == report.CPU || row.Time == report.Wall {
			size = max(size, row.Bytes)
		}
		if !ok || own && row.Subject != ours || !alone && !together {
			continue
		}
		b := bar{name: row.Subject, value: rate, low: low, high: high, text: figure(rate), color: grey}
		switch {
		case own:
			b.color = blue
		case row.Family == string(peer.FSVerity):
			b.color = orange
		case row.Family == string(peer.BLAKE3):
			b.color = skyBlue
		}
		if together {
			b.name = fmt.Sprintf("%s, %d cores*", row.Subject, row.Threads)
			b.color = green
		}
		all = append(all, b)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(all, func(a, b bar) int { return cmp.Compare(b.value, a.value) })
	p := newPlot(r, "Digest of a file of "+report.Size(size)+" in the page cache, whole programs on one core")
	p.X.Label.Text = "GB for a second of processor time (* of the clock); whiskers: 10th to 90th percentile"
	return p, bars(p, all, []legend{
		{blue, "this project: fs-verity SHA-256"}, {green, "the same, with all cores"},
		{orange, "fs-verity SHA-256 of others"}, {grey, "SHA-256, one stream"}, {skyBlue, "BLAKE3"},
	})
}

// kernels draws cycles for each byte, from the cache and from memory.
func kernels(r *report.Report) (*plot.Plot, error) {
	var all []bar
	var names []string
	rows := r.Of(report.Kernels)
	for _, row := range rows {
		if row.Unit == "cycles/byte" && !slices.Contains(names, row.Subject) {
			names = append(names, row.Subject)
		}
	}
	for _, name := range names {
		for _, row := range rows {
			if row.Unit != "cycles/byte" || row.Subject != name {
				continue
			}
			b := bar{name: name, value: row.Median, low: row.P10, high: row.P90, limit: row.Limit, text: figure(row.Median), color: skyBlue}
			if row.Family == "cache" {
				b.color = blue
			} else {
				b.name = ""
			}
			if row.Limit > 0 {
				b.text += fmt.Sprintf(" (%.0f %%)", 100*row.Limit/row.Median)
			}
			all = append(all, b)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	p := newPlot(r, "Implementations of seal/verity on one core; less is better")
	p.X.Label.Text = "cycles for each byte; % of the speed at the limit; whiskers: 10th to 90th percentile"
	return p, bars(p, all, []legend{{blue, "data in the second-level cache"}, {skyBlue, "data in the page cache"}})
}
