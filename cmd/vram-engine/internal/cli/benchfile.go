package cli

import (
	"context"
	"os"
	"os/exec"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// benchPrograms digest a file, which is their last argument. The first is the
// one that prints the same digest, and what the others are compared with.
func benchPrograms() [][]string {
	return [][]string{
		{"fsverity", "digest"},
		{"sha256sum"},
		{"openssl", "dgst", "-sha256"},
		{"b3sum", "--num-threads", "1"},
	}
}

// benchFile compares programs on a temporary file in the page cache, and names
// those that are not installed.
func benchFile(ctx context.Context, line *benchLine, data []byte) (rates digestRates, absent []string, err error) {
	absent = []string{}
	f, err := os.CreateTemp("", "vram-engine-bench-")
	if err != nil {
		return rates, absent, errors.Wrap(err, "a temporary file to measure with; name a folder that can be written with TMPDIR")
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if err := line.show("writing a temporary file"); err != nil {
		return rates, absent, err
	}
	if _, err := f.Write(data); err != nil {
		return rates, absent, errors.Wrap(err, "a temporary file to measure with; choose a smaller --size, or another folder with TMPDIR")
	}
	if err := f.Sync(); err != nil { // so that it is not written while others are measured
		return rates, absent, errors.Wrap(err, "a temporary file to measure with")
	}
	var trials []trial
	for _, n := range threadCounts() {
		trials = append(trials, trial{name: digestName(n), threads: n, work: func(ctx context.Context) error {
			_, err := verity.DigestReaderAt(ctx, f, uint64(len(data)), verity.Options{Threads: n})
			return err
		}})
	}
	for i, words := range benchPrograms() {
		name, args := words[0], append(words[1:len(words):len(words)], f.Name())
		path, err := exec.LookPath(name)
		if err != nil {
			absent = append(absent, name)
			continue
		}
		trials = append(trials, programTrial(words, path, args, i == 0))
	}
	rates, err = takeTurns(ctx, line, gpu.BytesOf(len(data)), trials)
	return rates, absent, err
}

func programTrial(words []string, path string, args []string, base bool) trial {
	name := words[0]
	for _, w := range words[1:] {
		name += " " + w
	}
	return trial{name: name, base: base, work: func(ctx context.Context) error {
		return exec.CommandContext(ctx, path, args...).Run() //nolint:gosec // a known program, and a file of our own
	}}
}
