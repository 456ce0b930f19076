package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is one line of "go test -json" (see "go doc test2json").
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
}

// name identifies a test.
type name struct{ pkg, test string }

// view collects the output of running tests and prints what matters.
type view struct {
	out     *bufio.Writer
	running map[name][]string
	passed  int
	failed  int
	skipped int
	broken  int // packages that failed outside any test: build errors, panics
}

func newView(out *bufio.Writer) *view {
	return &view{out: out, running: map[name][]string{}}
}

// read handles the events until the input ends. A line that is no event, such
// as a message of the go command, is shown as it is.
func (v *view) read(in io.Reader) error {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 16<<20)
	for scanner.Scan() {
		var e event
		if err := json.Unmarshal(scanner.Bytes(), &e); err != nil || e.Action == "" {
			if _, err := fmt.Fprintln(v.out, scanner.Text()); err != nil {
				return err
			}
			continue
		}
		if err := v.handle(e); err != nil {
			return err
		}
	}
	return scanner.Err()
}

func (v *view) handle(e event) error {
	if e.Action == "build-output" {
		return v.print(e.Output)
	}
	if e.Test == "" {
		return v.handlePackage(e)
	}
	n := name{e.Package, e.Test}
	switch e.Action {
	case "run":
		v.running[n] = nil
	case "output":
		v.running[n] = append(v.running[n], e.Output)
	case "pass":
		v.passed++
		delete(v.running, n)
	case "skip":
		v.skipped++
		reason := v.reason(n)
		delete(v.running, n)
		return v.print(fmt.Sprintf("SKIP\t%s %s: %s\n", e.Package, e.Test, reason))
	case "fail":
		v.failed++
		return v.dump(n)
	}
	return nil
}

func (v *view) handlePackage(e event) error {
	switch e.Action {
	case "output":
		if e.Output == "PASS\n" {
			return nil
		}
		if err := v.print(e.Output); err != nil {
			return err
		}
		return v.out.Flush()
	case "fail":
		v.broken++
		return v.dumpPackage(e.Package)
	}
	return nil
}

// reason is what a skipped test said, on one line.
func (v *view) reason(n name) string {
	var said []string
	for _, line := range v.running[n] {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "===") || strings.HasPrefix(text, "--- SKIP") {
			continue
		}
		said = append(said, text)
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

func (v *view) dump(n name) error {
	lines := v.running[n]
	delete(v.running, n)
	return v.print(strings.Join(lines, ""))
}

// dumpPackage shows the output of tests that never ended: a panic or a time-out.
func (v *view) dumpPackage(pkg string) error {
	var open []name
	for n := range v.running {
		if n.pkg == pkg {
			open = append(open, n)
		}
	}
	slices.SortFunc(open, func(a, b name) int { return strings.Compare(a.test, b.test) })
	for _, n := range open {
		v.failed++
		if err := v.dump(n); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) print(text string) error {
	_, err := v.out.WriteString(text)
	return err
}

// finish prints the closing line. A run without any test is an error: it
// would look like success.
func (v *view) finish() error {
	if v.passed+v.failed+v.skipped == 0 && v.broken == 0 {
		return fmt.Errorf("no test was run; check the packages that were named")
	}
	_, err := fmt.Fprintf(v.out, "%d passed, %d failed, %d skipped\n", v.passed, v.failed, v.skipped)
	return err
}

func (v *view) bad() bool { return v.failed > 0 || v.broken > 0 }
