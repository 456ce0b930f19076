// Command gen writes the assembly of package kernel: one file for each kernel
// and one for CPUID, each with its Go declarations. The same generator always
// writes the same files.
//
//	go run . FOLDER
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// files are the names of the files, without what follows, and what is in them.
var files = []struct {
	name string
	fill func(c *build.Context)
}{
	{"avx512", func(c *build.Context) {
		newEVEX(c, 64, false).function("avx512",
			"func(sums *[16][32]byte, blocks, next *[16]*[4096]byte)",
			"avx512 hashes sixteen leaves. It brings those that follow near the processor.",
			"The processor must have AVX512F and AVX512BW.")
	}},
	{"avx512zen5", func(c *build.Context) {
		newEVEX(c, 64, true).function("avx512zen5",
			"func(sums *[16][32]byte, blocks, next *[16]*[4096]byte)",
			"avx512zen5 is avx512 for processors whose instructions take two cycles.",
			"The processor must have AVX512F and AVX512BW.")
	}},
	{"avx512double", func(c *build.Context) {
		(&double{Context: c, tables: newTables(c)}).function("avx512double",
			"func(sums *[32][32]byte, blocks, next *[32]*[4096]byte)",
			"avx512double hashes 32 leaves. It brings those that follow near the processor.",
			"The processor must have AVX512F and AVX512BW.")
	}},
	{"avx512vl", func(c *build.Context) {
		newEVEX(c, 32, false).function("avx512vl",
			"func(sums *[8][32]byte, blocks, next *[8]*[4096]byte)",
			"avx512vl hashes eight leaves. It brings those that follow near the processor.",
			"The processor must have AVX512F, AVX512BW and AVX512VL.")
	}},
	{"avx2", func(c *build.Context) {
		(&avx2{Context: c, tables: newTables(c)}).function("avx2",
			"func(sums *[8][32]byte, blocks *[8]*[4096]byte)",
			"avx2 hashes eight leaves. The processor must have AVX2.")
	}},
	{"shani", func(c *build.Context) {
		s := shani{Context: c, tables: newTables(c), state: words(c, "state", ordered[:])}
		s.function("shani",
			"func(sums *[2][32]byte, first, second *[4096]byte)",
			"shani hashes two leaves. The processor must have SHA, SSE4.1 and SSSE3.")
	}},
	{"cpuid", cpuid},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("give the folder to write to")
	}
	for _, f := range files {
		if err := write(filepath.Join(args[0], f.name+"_amd64"), f.fill); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// write makes one assembly file and its declarations.
func write(path string, fill func(c *build.Context)) error {
	c := build.NewContext()
	fill(c)
	file, err := c.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	cfg := printer.Config{Name: "seal/verity/internal/gen", Pkg: "kernel"}
	for suffix, p := range map[string]printer.Printer{".s": printer.NewGoAsm(cfg), ".go": printer.NewStubs(cfg)} {
		text, err := p.Print(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path+suffix, text, 0o644); err != nil { //nolint:gosec // source code
			return err
		}
	}
	return nil
}
