package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// conformance runs the suite that every device passes. It is a test binary,
// built with the tag "hardware".
func conformance(ctx context.Context, o *options, r *cudacheck.Recorder) error {
	binary := filepath.Join(o.beside, "conformance.test")
	if !there(binary) {
		r.Missing("the suite", "conformance.test does not lie beside this program")
		return nil
	}
	args := []string{"-test.run=^TestHardware$", "-test.v", "-test.timeout=140s", "-device", fmt.Sprint(o.check.Device)}
	if o.libcuda != "" {
		args = append(args, "-libcuda", o.libcuda)
	}
	if o.nvml != "" {
		args = append(args, "-nvml", o.nvml)
	}
	cmd := exec.CommandContext(ctx, binary, args...) //nolint:gosec // our own program
	cmd.Dir = o.beside
	out, err := cmd.StdoutPipe()
	if err != nil {
		return errors.Wrap(err, "a pipe")
	}
	if err := cmd.Start(); err != nil {
		return errors.Wrap(err, "starting the suite")
	}
	passed, notOffered := tell(r, bufio.NewScanner(out))
	ended := cmd.Wait()
	r.Check("the suite", ended == nil && passed > 0, "%d cases passed; abilities that hardware does not offer: %d", passed, notOffered)
	return nil
}

func there(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// tell reads the output of a test binary: what failed is a row of its own.
func tell(r *cudacheck.Recorder, lines *bufio.Scanner) (passed, notOffered int) {
	var before string
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(text, "--- PASS: ") && strings.Count(text, "/") > 1:
			passed++
		case strings.HasPrefix(text, "--- FAIL: "):
			r.Check(strings.Fields(text + " ?")[2], false, "%s", before)
		case strings.Contains(text, ": not offered by "):
			notOffered++
		case strings.HasPrefix(text, "panic:"):
			r.Check("a panic", false, "%s", text)
		}
		if !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "--- ") {
			before = text
		}
	}
	return passed, notOffered
}
