package render

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

func TestTableCleansItsCells(t *testing.T) {
	var out bytes.Buffer
	if err := Table(&out, []string{"ID", "STATE"}, [][]string{{"a\nb\tc", "sealed"}, {"", "\x1b[2J"}}); err != nil {
		t.Fatal(err)
	}
	want := "ID             STATE\na\\u{a}b\\u{9}c  sealed\n-              \\u{1b}[2J\n"
	if out.String() != want {
		t.Errorf("got\n%q, want\n%q", out.String(), want)
	}
}

func TestFields(t *testing.T) {
	var out bytes.Buffer
	if err := Fields(&out, [][2]string{{"state", "running"}, {"reason", ""}}); err != nil {
		t.Fatal(err)
	}
	if want := "state   running\nreason  -\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestErrorLineIsOneLine(t *testing.T) {
	var out bytes.Buffer
	if err := ErrorLine(&out, "first\nsecond\x1b[31m"); err != nil {
		t.Fatal(err)
	}
	if want := "vram-engine: first second\\u{1b}[31m\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestProgressIsSilentInAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	screen := NewScreen(w)
	p := screen.Progress("sealing")
	p.start = p.start.Add(-time.Hour)
	p.Item("a file")
	p.Report(1, 2)
	if _, err := screen.Write([]byte("a line\n")); err != nil {
		t.Fatal(err)
	}
	p.Done()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(r); string(all) != "a line\n" || err != nil {
		t.Errorf("%q was written, %v", all, err)
	}
	if screen.Over(w) != io.Writer(w) {
		t.Error("a pipe is taken for a terminal")
	}
}

func TestTitle(t *testing.T) {
	for _, tt := range []struct {
		label       string
		done, total gpu.Bytes
		room        int
		want        string
	}{
		{"sealing a", gpu.MiB, 4 * gpu.MiB, 40, "sealing a  25 % "},
		{"sealing a", 0, 0, 40, "sealing a "},
		{"sealing a", 999, 1000, 40, "sealing a  99 % "},
		{"sealing a", 5, 4, 40, "sealing a 100 % "},
		{"sealing äöü", 4, 4, 10, "sealing ä… 100 % "},
		{"sealing", 4, 4, 0, "… 100 % "},
	} {
		if got := titleText(tt.label, tt.done, tt.total, tt.room); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, tt := range []struct {
		done, total gpu.Bytes
		since       time.Duration
		room        int
		want        string
	}{
		{0, gpu.GiB, 0, 100, " 0 B of 1 GiB  0 B/s"},
		{4 * gpu.GiB, 8 * gpu.GiB, 2 * time.Second, 100, " 4 GiB of 8 GiB  2.1 GB/s  2s left"},
		{4 * gpu.GiB, 8 * gpu.GiB, 2 * time.Second, 20, " 2.1 GB/s  2s left"},
		{4 * gpu.GiB, 8 * gpu.GiB, 2 * time.Second, -5, " 2s left"},
		{1, 80 * gpu.GiB, time.Hour, 100, " 1 B of 80 GiB  0 B/s  277777h46m40s left"},
		{4 * gpu.GiB, 0, 2 * time.Second, 100, " 4 GiB  2.1 GB/s"},
		{5 * gpu.GiB, 4 * gpu.GiB, 2 * time.Second, 100, " 5 GiB of 4 GiB  2.7 GB/s"},
	} {
		if got := figuresText(tt.done, tt.total, tt.since, tt.room); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestRate(t *testing.T) {
	for in, want := range map[float64]string{0: "0 B/s", 1500: "1.5 kB/s", 2.5e6: "2.5 MB/s", 1e10: "10.0 GB/s"} {
		if got := Rate(in); got != want {
			t.Errorf("Rate(%v) = %q, want %q", in, got, want)
		}
	}
}
