package kernels_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/kernels"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

// entry is a kernel as the PTX has it.
type entry struct {
	name       string
	params     []int
	maxThreads string
	body       string
}

var (
	paramLine   = regexp.MustCompile(`(?m)^\t\.param \.[bus](32|64) \w+,?$`)
	threadsLine = regexp.MustCompile(`(?m)^\.maxntid (.*)$`)
)

// parse splits a module into its header lines and its kernels.
func parse(t *testing.T, ptx []byte) (header []string, entries []entry) {
	t.Helper()
	const mark = "\n.visible .entry "
	parts := strings.Split(string(ptx), mark)
	for _, part := range parts[1:] {
		name, rest, ok := strings.Cut(part, "(\n")
		declared, _, open := strings.Cut(rest, "\n{\n")
		if !ok || !open || strings.Count(part, "\n}") != 1 {
			t.Fatalf("the kernel %.40q is not as the test knows kernels", part)
		}
		e := entry{name: name, body: part}
		for _, m := range paramLine.FindAllStringSubmatch(declared, -1) {
			e.params = append(e.params, map[string]int{"32": 4, "64": 8}[m[1]])
		}
		if m := threadsLine.FindStringSubmatch(declared); m != nil {
			e.maxThreads = m[1]
		}
		entries = append(entries, e)
	}
	return strings.Split(parts[0], "\n"), entries
}

// instructions counts the instructions of a kernel by opcode.
func (e entry) instructions() map[string]int {
	found := map[string]int{}
	for line := range strings.Lines(e.body) {
		words := strings.Fields(line)
		if len(words) > 0 && strings.HasPrefix(words[0], "@") {
			words = words[1:]
		}
		if len(words) > 0 && words[0][0] >= 'a' && words[0][0] <= 'z' && strings.HasPrefix(line, "\t") {
			found[strings.TrimSuffix(words[0], ";")]++
		}
	}
	return found
}

func module(t *testing.T, cc int, names ...string) []byte {
	t.Helper()
	ptx, err := kernels.PTX(cc, names...)
	if err != nil {
		t.Fatal(err)
	}
	return ptx
}

// TestEntriesAgree compares the kernels of the PTX with those of Go and of the
// host's table.
func TestEntriesAgree(t *testing.T) {
	_, parsed := parse(t, module(t, 90))
	_, suite := parse(t, gputest.PTX())
	var inPTX, inGo []string
	for _, e := range append(parsed, suite...) {
		inPTX = append(inPTX, line(e.name, e.params))
		if e.maxThreads != "128, 1, 1" {
			t.Errorf("%s is for blocks of %s", e.name, e.maxThreads)
		}
	}
	for _, e := range kernels.Entries() {
		inGo = append(inGo, line(e.Name, e.Params))
	}
	for _, k := range gputest.Kernels(nil) {
		inGo = append(inGo, line(k.Name, k.Params))
	}
	if !slices.Equal(inPTX, inGo) {
		t.Errorf("the PTX has %q, Go has %q", inPTX, inGo)
	}
	if inHost := newHost(t).table(); !slices.Equal(inHost, inGo) {
		t.Errorf("the host has %q, Go has %q", inHost, inGo)
	}
}

func line(name string, params []int) string {
	return name + " " + strings.Trim(fmt.Sprint(params), "[]")
}

func TestPTXIsForTheDevice(t *testing.T) {
	for cc, want := range map[int]string{70: "sm_70", 72: "sm_70", 75: "sm_75", 80: "sm_75", 90: "sm_75", 120: "sm_75"} {
		header, _ := parse(t, module(t, cc))
		code := slices.DeleteFunc(header, func(l string) bool { return strings.HasPrefix(l, "//") })
		if want := []string{".version 6.3", ".target " + want, ".address_size 64"}; !slices.Equal(code, want) {
			t.Errorf("compute capability %d: %q, want %q", cc, code, want)
		}
	}
	for _, cc := range []int{-1, 0, 61, 69} {
		if ptx, err := kernels.PTX(cc); !errors.Is(err, kernels.ErrOldDevice) || ptx != nil {
			t.Errorf("compute capability %d: %v", cc, err)
		}
	}
}

func TestPTXHasTheKernelsNamed(t *testing.T) {
	_, all := parse(t, module(t, 90))
	bodies := map[string]string{}
	for _, e := range all {
		bodies[e.name] = e.body
	}
	for _, names := range [][]string{{kernels.LeavesDirect}, {kernels.Memtest, kernels.LeavesTile, kernels.Nonzero}, slices.Collect(maps.Keys(bodies))} {
		header, some := parse(t, module(t, 90, names...))
		if whole, _ := parse(t, module(t, 90)); !slices.Equal(header, whole) {
			t.Errorf("the header is %q", header)
		}
		if len(some) != len(names) {
			t.Errorf("asked for %q, got %d kernels", names, len(some))
		}
		for _, e := range some {
			if !slices.Contains(names, e.name) || strings.TrimSpace(e.body) != strings.TrimSpace(bodies[e.name]) {
				t.Errorf("asked for %q: %s is another or not the same", names, e.name)
			}
		}
	}
	for _, names := range [][]string{{""}, {"ve_leaves"}, {kernels.Compare, "gputest_sum"}} {
		if ptx, err := kernels.PTX(90, names...); !errors.Is(err, kernels.ErrNoEntry) || ptx != nil {
			t.Errorf("%q: %v", names, err)
		}
	}
}

func TestDigestIsThatOfTheModule(t *testing.T) {
	got, err := kernels.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if want := sha256.Sum256(module(t, 90)); got != want {
		t.Errorf("the digest is %x, that of the module %x", got, want)
	}
}

// TestPTXIsOfTheseSources needs no compiler: the PTX names the hash of the
// sources that it was made of.
func TestPTXIsOfTheseSources(t *testing.T) {
	var all []string
	for _, pattern := range []string{"src/*.cu", "src/*.h"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		all = append(all, found...)
	}
	all = slices.DeleteFunc(all, func(name string) bool { return name == "src/host_machine.h" })
	slices.Sort(all)
	suite := []string{"../../../gputest/kernels.cu", "src/gpu_machine.h", "src/machine.h"}
	for _, c := range []struct {
		what    string
		ptx     []byte
		sources []string
	}{{"kernels.ptx.gz", module(t, 90), all}, {"gputest's kernels.ptx", gputest.PTX(), suite}} {
		h := sha256.New()
		for _, name := range c.sources {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(data)
		}
		if want := fmt.Sprintf("\n// sources: sha256:%x\n", h.Sum(nil)); !strings.Contains(string(c.ptx), want) {
			t.Errorf("%s was made of other sources; run: make kernels", c.what)
		}
	}
}
