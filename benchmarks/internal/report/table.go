package report

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Table is the report for people. Of rows that fill a matrix it has the
// medians only, and it leaves other details out; Full has all of them too.
func (r *Report) Table() string { return r.text(false) }

// Full is the table with every row.
func (r *Report) Full() string { return r.text(true) }

func (r *Report) text(full bool) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n%s\n", r.Started.Format("2006-01-02 15:04:05 UTC"), r.Machine)
	fmt.Fprintf(&out, "took %.0f s; load %s before, %s after\nothers used %.0f %% of the processors meanwhile, and in the runs of the suites that count:\n ",
		r.Took, r.Quiet.LoadBefore, r.Quiet.LoadAfter, 100*r.Quiet.Others)
	for _, suite := range slices.Sorted(maps.Keys(r.Quiet.BySuite)) {
		fmt.Fprintf(&out, " %s %.0f %%", suite, 100*r.Quiet.BySuite[suite])
	}
	if r.Pinned != nil {
		fmt.Fprintf(&out, "\ncases on one core were pinned to processor %d", *r.Pinned)
	}
	out.WriteByte('\n')
	r.matrices(&out)
	r.rows(&out, full)
	r.ratios(&out)
	for _, c := range r.Checks {
		verdict := "PASS"
		if !c.Pass {
			verdict = "FAIL"
		}
		fmt.Fprintf(&out, "\n%s  %s: %s is %s %s, the limit is %s", verdict, c.Group, c.Name, number(c.Value), c.Unit, number(c.Limit))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&out, "\nNote: %s", note)
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

func (r *Report) rows(out *bytes.Buffer, full bool) {
	var table bytes.Buffer
	group := ""
	for _, row := range r.Rows {
		if !full && row.detail() {
			continue
		}
		if row.Group != group {
			group = row.Group
			fmt.Fprintf(&table, "\n%s\tmedian\tp10 … p90\tp99\tn\t\n", group)
		}
		spread, p99 := "", ""
		if row.N > 1 {
			spread = number(row.P10) + " … " + number(row.P90)
		}
		if row.N >= 100 {
			p99 = number(row.P99)
		}
		fmt.Fprintf(&table, "  %s\t%s %s\t%s\t%s\t%d\t%s\n", row.Name, number(row.Median), row.Unit, spread, p99, row.N, row.remark())
	}
	align(out, &table)
}

// detail reports rows that only the full table has: those of matrices, and
// what the cycles of kernels were made of.
func (row Row) detail() bool {
	_, inMatrix := times[row.Topic]
	return inMatrix || row.Topic == Kernels && (row.Time == Wall || row.Unit == "GHz")
}

// remark is a row's rate, where it is a time, or how near its limit it is.
func (row Row) remark() string {
	rate, _, _, ok := row.Rate()
	switch {
	case row.Limit > 0:
		return fmt.Sprintf("limit %s: %.0f %% of it", number(row.Limit), 100*row.Limit/row.Median)
	case ok && row.Unit != "GB/s":
		return number(rate) + " GB/s"
	}
	return ""
}

func (r *Report) ratios(out *bytes.Buffer) {
	if len(r.Ratios) == 0 {
		return
	}
	var table bytes.Buffer
	fmt.Fprintf(&table, "\nratios (median of the rounds)\tmedian\tp10 … p90\tn\t\n")
	for _, ratio := range r.Ratios {
		fmt.Fprintf(&table, "  %s: %s\t%.2f\t%.2f … %.2f\t%d\t\n", ratio.Group, ratio.Name, ratio.Median, ratio.P10, ratio.P90, ratio.N)
	}
	align(out, &table)
}

// align writes a table with its columns below each other. It cannot fail in
// memory; if it did, the text would say so.
func align(out, table *bytes.Buffer) {
	columns := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	if _, err := table.WriteTo(columns); err != nil {
		out.WriteString(err.Error())
	}
	if err := columns.Flush(); err != nil {
		out.WriteString(err.Error())
	}
}

// number has three digits that count, and no exponent.
func number(v float64) string {
	switch {
	case v >= 100 || v <= -100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10 || v <= -10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.01 || v == 0 || v <= -0.01:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.4f", v)
}
