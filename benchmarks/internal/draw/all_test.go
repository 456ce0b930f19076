package draw

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// example has rows of every topic.
func example() *report.Report {
	r := report.New(machine.Machine{CPU: "a processor of the test"})
	r.Point(report.Row{Unit: "s", Topic: report.OneCore, Subject: "fsverity digest", Family: "fs-verity SHA-256", Time: report.CPU, Bytes: 1 << 30, Threads: 1}, 0.8, 0.9, 1)
	r.Point(report.Row{Unit: "s", Topic: report.OneCore, Subject: engine, Time: report.CPU, Bytes: 1 << 30, Threads: 1}, 0.2, 0.21, 0.3)
	r.Point(report.Row{Unit: "s", Topic: report.OneCore, Subject: engine, Time: report.Wall, Bytes: 1 << 30, Threads: 2}, 0.1, 0.11, 0.12)
	r.Point(report.Row{Unit: "s", Topic: report.OneCore, Subject: library, Time: report.CPU, Bytes: 1 << 30, Threads: 1}, 0.2)
	for i, n := range []uint64{4096, 65536, 1 << 20} {
		for _, subject := range []string{"this", "that"} {
			r.Point(report.Row{Unit: "GB/s", Topic: report.BySize, Subject: subject, Time: report.CPU, Bytes: n, Threads: 1}, 1, 2, 3)
			r.Point(report.Row{Unit: "GB/s", Topic: report.ByThreads, Subject: subject, Time: report.Wall, Bytes: 1, Threads: i + 1}, 1, 2, 3)
			r.Point(report.Row{Unit: "µs", Topic: report.Latency, Subject: subject, Time: report.Wall, Bytes: n}, float64(n)/1e3, float64(n)/2e3)
		}
	}
	for _, place := range []string{"cache", "memory"} {
		r.Point(report.Row{Unit: "cycles/byte", Topic: report.Kernels, Subject: "a kernel", Family: place, Time: report.CPU, Limit: 0.4}, 0.5, 0.6)
	}
	return r
}

func TestAll(t *testing.T) {
	dir := t.TempDir()
	paths, err := All(example(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != 10 {
		t.Errorf("written: %q", paths)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(path) == ".svg" {
			if !bytes.Contains(content, []byte("a processor of the test")) {
				t.Errorf("%s does not name the processor", path)
			}
			continue
		}
		picture, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got := picture.Bounds().Dx(); got != width {
			t.Errorf("%s is %d pixels wide, want %d", path, got, width)
		}
	}
	digest, err := os.ReadFile(filepath.Join(dir, "digest.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"fsverity digest", engine + ", 2 cores*", "5.11"} {
		if !strings.Contains(string(digest), want) {
			t.Errorf("the picture of the programs lacks %q", want)
		}
	}
	if strings.Contains(string(digest), library) {
		t.Error("the library is drawn beside the program")
	}
}

func TestNothing(t *testing.T) {
	r := report.New(machine.Machine{})
	r.Add("group", "name", "s", 1)
	if paths, err := All(r, t.TempDir()); !errors.Is(err, ErrNothing) || len(paths) > 0 {
		t.Errorf("got %q, %v", paths, err)
	}
}

func TestSteps(t *testing.T) {
	for high, want := range map[float64]string{5.9: "0 1 2 3 4 5", 9.5: "0 1 2 3 4 5 6 7 8 9", 2.5: "0 0.5 1 1.5 2 2.5", 20: "0 2 4 6 8 10 12 14 16 18 20"} {
		var got []string
		for _, tick := range (steps{}).Ticks(0, high) {
			got = append(got, tick.Label)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("up to %v: %q, want %q", high, got, want)
		}
	}
}
