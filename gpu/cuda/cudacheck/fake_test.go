package cudacheck_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// asChild makes the test binary run one part, as the program does.
const asChild = "VRAM_ENGINE_TEST_PART"

func TestMain(m *testing.M) {
	part := os.Getenv(asChild)
	if part == "" {
		os.Exit(m.Run())
	}
	o := options(cudatest.Paths{CUDA: os.Getenv("TEST_CUDA"), NVML: os.Getenv("TEST_NVML")})
	err := cudacheck.Run(context.Background(), o, part, func(r cudacheck.Row) {
		line, err := json.Marshal(r)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s\n", line)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func options(paths cudatest.Paths) cudacheck.Options {
	return cudacheck.Options{Libraries: []string{paths.CUDA}, NVML: []string{paths.NVML}, Quick: true}
}

func small() cudatest.Config {
	return cudatest.Config{Memory: 16 * gpu.MiB, Granularity: 64 * gpu.KiB}
}

// child runs a part in a process of its own, which ends as it likes.
func child(paths cudatest.Paths, config cudatest.Config) func(context.Context, string, func(cudacheck.Row)) error {
	return func(ctx context.Context, part string, emit func(cudacheck.Row)) error {
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), asChild+"="+part, "TEST_CUDA="+paths.CUDA, "TEST_NVML="+paths.NVML)
		cmd.Env = append(cmd.Env, paths.Environment(config, "")...)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var r cudacheck.Row
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				return fmt.Errorf("%q: %w", lines.Text(), err)
			}
			emit(r)
		}
		return cmd.Wait()
	}
}

// findings runs a part in this process.
func findings(t *testing.T, o cudacheck.Options, part string) []cudacheck.Row {
	t.Helper()
	var mu sync.Mutex
	var rows []cudacheck.Row
	err := cudacheck.Run(t.Context(), o, part, func(r cudacheck.Row) {
		mu.Lock()
		defer mu.Unlock()
		rows = append(rows, r)
	})
	for _, r := range rows {
		t.Logf("%-14s %s: %s (%s)", r.Verdict, r.Name, r.Value, r.Target)
	}
	if err != nil {
		t.Fatalf("part %s: %v", part, err)
	}
	if len(rows) == 0 {
		t.Fatalf("part %s found nothing", part)
	}
	return rows
}

// address is what no row may hold: the fake's addresses are those of a process.
var address = regexp.MustCompile(`0x[0-9a-f]{9,}|\b14[0-9]{13}\b`)

// TestAgainstTheFake runs every part against the fake driver: nothing fails,
// no figure counts, no address is told, and nothing is left.
func TestAgainstTheFake(t *testing.T) {
	control := cudatest.Start(t, small())
	o := options(control.Paths())
	o.Child = child(control.Paths(), small())
	var all []cudacheck.Row
	for _, p := range cudacheck.Parts() {
		t.Run(p.Name, func(t *testing.T) {
			rows := findings(t, o, p.Name)
			for _, r := range rows {
				if r.Part != p.Name || r.Verdict == cudacheck.Fail || r.Verdict == cudacheck.Met || r.Verdict == cudacheck.Missed {
					t.Errorf("part %s, %s: %s, %s", r.Part, r.Name, r.Value, r.Verdict)
				}
				if address.MatchString(r.Value) {
					t.Errorf("%s tells an address", r.Name)
				}
			}
			if err := control.Leaks(); err != nil {
				t.Error(err)
			}
			all = append(all, rows...)
		})
	}
	for _, f := range cudacheck.Figures() {
		if !slices.ContainsFunc(all, func(r cudacheck.Row) bool {
			return r.Part == f.Part && r.Name == f.Name && r.Target == f.Target && r.Verdict == cudacheck.NotMeasured
		}) {
			t.Errorf("nothing is said of the figure %q", f.Name)
		}
	}
	for _, want := range []string{
		"a kernel's store into a read-only mapping, is it stopped", "a read outside of all memory, is it reported", "two processes on one GPU, the second",
		"single bits flipped", "attributes of memory that is read-only", "memory of a process that was killed", "a module with .target sm_70",
	} {
		if !slices.ContainsFunc(all, func(r cudacheck.Row) bool { return r.Name == want }) {
			t.Errorf("there is no row %q", want)
		}
	}
}

func TestUnknownPart(t *testing.T) {
	err := cudacheck.Run(t.Context(), cudacheck.Options{}, "nothing", func(cudacheck.Row) {})
	if err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("got %v", err)
	}
}
