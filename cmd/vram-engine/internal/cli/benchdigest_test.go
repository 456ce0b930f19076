package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
)

// benchWith measures little memory.
func benchWith(t *testing.T, ctx context.Context, asJSON bool, size gpu.Bytes) (out, errs string, err error) {
	t.Helper()
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

func TestBenchDigestJSON(t *testing.T) {
	out, errs, err := benchWith(t, t.Context(), true, 300*gpu.KiB)
	if err != nil || errs != "" {
		t.Fatalf("%v, stderr %q", err, errs)
	}
	var got digestBench
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Implementation == "" || got.Processors < 1 || len(got.Memory) != 3 {
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
		if want := 2 + len(threadCounts()); !based || len(part.Rates) != want {
			t.Errorf("%d bytes: base %q of %+v", part.Bytes, part.Base, part.Rates)
		}
	}
	if want := []uint64{4096, 65536, 300 << 10, 300 << 10}; !slices.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}

func TestBenchDigestTable(t *testing.T) {
	out, errs, err := benchWith(t, t.Context(), false, 4*gpu.KiB)
	if err != nil || errs != "" {
		t.Fatalf("%v, stderr %q", err, errs)
	}
	for _, want := range []string{
		"SHA-256 by ", "MEMORY ", "crypto/sha256, one stream ", "crypto/sha256 per 4 KiB block ", "vram-engine digest, 1 thread ",
		"FILE OF 4 KiB IN THE PAGE CACHE", "AGAINST crypto/sha256 per 4 KiB block",
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
		if _, _, err := benchWith(t, t.Context(), false, size); vram.ExitStatus(err) != 2 {
			t.Errorf("%s: %v", size, err)
		}
	}
	var short bytes.Reader
	for _, trial := range fileTrials(&short, 4096) {
		if err := trial.work(t.Context()); err == nil {
			t.Errorf("%s of a file that became shorter did not fail", trial.name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, _, err := benchWith(t, ctx, false, gpu.MiB)
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
