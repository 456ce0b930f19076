package render

import (
	"bytes"
	"errors"
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
	p := NewProgress(w, "sealing")
	if err := errors.Join(p.Report(1, 2), p.Done(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 {
		t.Errorf("%d bytes were written, %v", n, err)
	}
}

func TestProgressLine(t *testing.T) {
	p := NewProgress(&bytes.Buffer{}, "sealing\na")
	if got, want := p.line(gpu.MiB, 4*gpu.MiB, 0), "sealing a   25 %  1 MiB of 4 MiB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := p.line(0, 0, 0), "sealing a  100 %  0 B of 0 B"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := p.line(4*gpu.GiB, 8*gpu.GiB, 2*time.Second), "sealing a   50 %  4 GiB of 8 GiB  2.1 GB/s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRate(t *testing.T) {
	for in, want := range map[float64]string{0: "0 B/s", 1500: "1.5 kB/s", 2.5e6: "2.5 MB/s", 1e10: "10.0 GB/s"} {
		if got := Rate(in); got != want {
			t.Errorf("Rate(%v) = %q, want %q", in, got, want)
		}
	}
}
