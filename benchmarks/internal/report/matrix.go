package report

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// matrix writes the medians of a topic's rates: a line for each subject, a
// column for each size or number of threads.
func (r *Report) matrix(out *bytes.Buffer, topic Topic, title string, column func(Row) (uint64, string)) {
	type cell struct {
		subject string
		column  uint64
	}
	var subjects []string
	var columns []uint64
	heads, cells := map[uint64]string{}, map[cell]string{}
	for _, row := range r.Of(topic) {
		if rate, _, _, ok := row.Rate(); ok && row.Time == times[topic] {
			at, head := column(row)
			if !slices.Contains(subjects, row.Subject) {
				subjects = append(subjects, row.Subject)
			}
			if _, ok := heads[at]; !ok {
				columns, heads[at] = append(columns, at), head
			}
			cells[cell{row.Subject, at}] = number(rate)
		}
	}
	if len(subjects) == 0 {
		return
	}
	slices.Sort(columns)
	var table bytes.Buffer
	fmt.Fprintf(&table, "\n%s\t", title)
	for _, at := range columns {
		fmt.Fprintf(&table, "%s\t", heads[at])
	}
	for _, subject := range subjects {
		fmt.Fprintf(&table, "\n  %s\t", subject)
		for _, at := range columns {
			fmt.Fprintf(&table, "%s\t", cells[cell{subject, at}])
		}
	}
	table.WriteByte('\n')
	align(out, &table)
}

// times are what the figures of matrices are made of: on one core the
// processor's time, which others on the machine disturb least.
var times = map[Topic]Time{BySize: CPU, ByThreads: Wall}

func (r *Report) matrices(out *bytes.Buffer) {
	r.matrix(out, BySize, "by size, one core, GB for a second of processor time, medians",
		func(row Row) (uint64, string) { return row.Bytes, Size(row.Bytes) })
	r.matrix(out, ByThreads, "by threads, GB/s by the clock, medians", func(row Row) (uint64, string) {
		return uint64(row.Threads), strconv.Itoa(row.Threads) //nolint:gosec // not negative
	})
}

// Size writes a number of bytes that is round in powers of two.
func Size(n uint64) string {
	units := []string{"B", "KiB", "MiB", "GiB"}
	i := 0
	for ; n >= 1024 && n%1024 == 0 && i < len(units)-1; i++ {
		n /= 1024
	}
	return fmt.Sprintf("%d %s", n, units[i])
}
