package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
)

// benchWith measures little memory, with the programs in a folder.
func benchWith(t *testing.T, ctx context.Context, path string, asJSON bool, size gpu.Bytes) (out, errs string, err error) {
	t.Helper()
	t.Setenv("PATH", path)
	t.Setenv("TMPDIR", t.TempDir())
	var stdout, stderr bytes.Buffer
	a := &app{Env: Env{Stdout: &stdout, Stderr: &stderr}, json: asJSON}
	err = a.benchDigest(ctx, size)
	left, readErr := os.ReadDir(os.TempDir())
	if readErr != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, readErr)
	}
	return stdout.String(), stderr.String(), err
}

// program makes a folder with one program, which is a shell script.
func program(t *testing.T, name, script string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/"+name, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBenchDigestJSON(t *testing.T) {
	dir := program(t, "fsverity", `test "$1" = digest && test -s "$2"`)
	out, errs, err := benchWith(t, t.Context(), dir, true, 300*gpu.KiB)
	if err != nil || errs != "" {
		t.Fatalf("%v, stderr %q", err, errs)
	}
	var got digestBench
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Implementation == "" || got.Processors < 1 || strings.Join(got.Absent, " ") != "sha256sum openssl b3sum" {
		t.Errorf("got %+v", got)
	}
	var sizes []uint64
	for _, part := range append(got.Memory, got.File) {
		sizes = append(sizes, part.Bytes)
		based := false
		for _, r := range part.Rates {
			based = based || r.Name == part.Base
			if r.BytesPerSecond <= 0 || r.P10 > r.BytesPerSecond || r.P90 < r.BytesPerSecond || (r.Ratio <= 0) != (r.Name == part.Base) {
				t.Errorf("%d bytes: %+v", part.Bytes, r)
			}
		}
		if want := len(threadCounts()); !based || len(part.Rates) < want+1 {
			t.Errorf("%d bytes: base %q of %+v", part.Bytes, part.Base, part.Rates)
		}
	}
	if want := []uint64{4096, 65536, 300 << 10, 300 << 10}; len(sizes) != 4 || sizes[0] != want[0] || sizes[1] != want[1] || sizes[2] != want[2] || sizes[3] != want[3] {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}

func TestBenchDigestTable(t *testing.T) {
	out, errs, err := benchWith(t, t.Context(), t.TempDir(), false, 4*gpu.KiB)
	if err != nil || errs != "" {
		t.Fatalf("%v, stderr %q", err, errs)
	}
	for _, want := range []string{
		"SHA-256 by ", "MEMORY ", "crypto/sha256, one stream ", "crypto/sha256 per 4 KiB block ", "vram-engine digest, 1 thread ",
		"FILE OF 4 KiB IN THE PAGE CACHE", "not installed, and not measured: fsverity, sha256sum, openssl, b3sum\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("escape sequences without a terminal")
	}
}

func TestBenchDigestFails(t *testing.T) {
	for _, size := range []gpu.Bytes{0, maxSample + 1} {
		if _, _, err := benchWith(t, t.Context(), "", false, size); vram.ExitStatus(err) != 2 {
			t.Errorf("%s: %v", size, err)
		}
	}
	broken := program(t, "b3sum", "exit 3")
	if _, _, err := benchWith(t, t.Context(), broken, false, 4*gpu.KiB); err == nil || !strings.Contains(err.Error(), "b3sum") {
		t.Errorf("a program that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, _, err := benchWith(t, ctx, "", false, gpu.MiB)
	if !errors.Is(err, vram.ErrCanceled) || out != "" {
		t.Errorf("cancelled: %v, %q", err, out)
	}
}

// TestBenchDigestCancelled ends the context in the middle of a round.
func TestBenchDigestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	work := func(context.Context) error {
		if calls++; calls == 2000 {
			cancel()
		}
		return nil
	}
	_, err := takeTurns(ctx, newBenchLine(&bytes.Buffer{}), 4096, []trial{{name: "one", work: work}, {name: "two", work: work}})
	if !errors.Is(err, context.Canceled) || calls != 2000 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

// TestRatesOf are medians of the rounds, and of their ratios.
func TestRatesOf(t *testing.T) {
	got := ratesOf(100, []trial{{name: "base", base: true}, {name: "other", threads: 2}}, [][]float64{{1, 2, 4}, {0.5, 0.5, 0.5}})
	if got.Base != "base" || got.Rates[0].BytesPerSecond != 50 || got.Rates[0].Ratio != 0 {
		t.Errorf("got %+v", got)
	}
	if other := got.Rates[1]; other.BytesPerSecond != 200 || other.Ratio != 4 || other.Threads != 2 || other.DurationMS != 500 {
		t.Errorf("got %+v", other)
	}
}
