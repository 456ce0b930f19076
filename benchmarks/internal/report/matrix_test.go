package report

import (
	"math"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
)

func TestMatrix(t *testing.T) {
	r := New(machine.Machine{})
	for _, n := range []uint64{4096, 1 << 20} {
		for i, subject := range []string{"this", "that"} {
			row := Row{Group: "g", Name: "row of " + subject, Unit: "GB/s", Topic: BySize, Subject: subject, Time: CPU, Bytes: n, Threads: 1}
			r.Point(row, float64(i)+float64(n)/1e6)
			row.Time = Wall
			r.Point(row, 77)
		}
	}
	table := r.Table()
	for _, want := range []string{"4 KiB", "1 MiB", "this", "2.05"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	if strings.Contains(table, "row of") || strings.Contains(table, "77") {
		t.Errorf("the table has the details:\n%s", table)
	}
	if full := r.Full(); !strings.Contains(full, "row of that") || !strings.Contains(full, "77") {
		t.Errorf("the full table lacks them:\n%s", full)
	}
}

func TestRate(t *testing.T) {
	r := New(machine.Machine{})
	r.Point(Row{Unit: "s", Bytes: 2e9}, 1, 2, 4)
	r.Point(Row{Unit: "µs", Bytes: 5000}, 1)
	r.Point(Row{Unit: "s"}, 1)
	r.Point(Row{Unit: "cycles/byte", Limit: 0.42}, 0.84)
	if median, low, high, ok := r.Rows[0].Rate(); !ok || median != 1 || low >= median || high <= median {
		t.Errorf("got %v, %v to %v, %v", median, low, high, ok)
	}
	if median, _, _, ok := r.Rows[1].Rate(); !ok || math.Abs(median-5) > 1e-9 {
		t.Errorf("got %v, %v", median, ok)
	}
	for _, row := range r.Rows[2:] {
		if _, _, _, ok := row.Rate(); ok {
			t.Errorf("%+v has a rate", row)
		}
	}
	if got := r.Rows[3].remark(); got != "limit 0.42: 50 % of it" {
		t.Errorf("got %q", got)
	}
	for n, want := range map[uint64]string{0: "0 B", 4096: "4 KiB", 1 << 30: "1 GiB", 1<<20 + 1: "1048577 B"} {
		if got := Size(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
