package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// startedDigest is a digest that runs.
type startedDigest struct {
	*exec.Cmd
	t         *testing.T
	out, errs bytes.Buffer
}

// begun starts a digest, and waits until it has read some of its files.
func (p *place) begun(args ...string) (c *startedDigest) {
	p.t.Helper()
	d := &startedDigest{t: p.t, Cmd: p.command(append([]string{"digest"}, args...)...)}
	d.Stdout, d.Stderr = &d.out, &d.errs
	if err := d.Start(); err != nil {
		p.t.Fatal(err)
	}
	for d.bytesRead() < 32<<20 {
	}
	return d
}

func (d *startedDigest) signal(s os.Signal) {
	d.t.Helper()
	if err := d.Process.Signal(s); err != nil {
		d.t.Fatal(err)
	}
}

// bytesRead is how much the process has read, as the kernel counts.
func (d *startedDigest) bytesRead() int {
	d.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", d.Process.Pid))
	if err != nil {
		d.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if n, ok := strings.CutPrefix(line, "rchar: "); ok {
			read, err := strconv.Atoi(strings.TrimSpace(n))
			if err != nil {
				d.t.Fatal(err)
			}
			return read
		}
	}
	d.t.Fatalf("the kernel does not say how much was read:\n%s", text)
	return 0
}

// ended waits for the end.
func (d *startedDigest) ended() result {
	d.t.Helper()
	var exit *exec.ExitError
	if err := d.Wait(); err != nil && !errors.As(err, &exit) {
		d.t.Fatal(err)
	}
	return result{d.out.String(), d.errs.String(), d.ProcessState.ExitCode()}
}
