package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/draw"
	"github.com/vram-engine/vram-engine/benchmarks/internal/pin"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/benchmarks/internal/suite"
)

// run measures what the arguments ask for, or is a child that does a part.
func run(ctx context.Context, args []string) error {
	if len(args) > 1 && args[0] == process.ChildVerb {
		return child(ctx, args[1], args[2:])
	}
	if len(args) > 0 && args[0] == plotVerb {
		return plotFile(args[1:])
	}
	flags := flag.NewFlagSet("benchmarks", flag.ContinueOnError)
	out := flags.String("out", "", "folder for the results; nothing is written without it")
	only := flags.String("only", "", "suites to run, with commas between them; all without it")
	quick := flags.Bool("quick", false, "few rounds: to try the suites, not to publish figures")
	engine := flags.String("engine", "", "the vram-engine program, if it is to be measured too")
	tmp := flags.String("tmp", "", "folder on the disk to measure with, 2 GiB free; the system's without it")
	profile := flags.String("profile", "", "folder for CPU profiles of the suites and of their processes")
	attempts := flags.Int("attempts", 3, "how often a suite runs at most, until others use less than a tenth of the processors meanwhile; the quietest run counts")
	patience := flags.Duration("patience", time.Minute, "how long each attempt waits for others to leave the processors alone")
	note := flags.String("note", "", "a sentence to write beside the figures")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	if *profile != "" {
		if err := os.Setenv(profileVariable, *profile); err != nil {
			return errors.Wrap(err, "the folder for profiles")
		}
	}
	env := suite.Env{Engine: *engine, Quick: *quick, CPU: pin.Choose()}
	if env.Dir, err = os.MkdirTemp(*tmp, "vram-engine-benchmarks-"); err != nil {
		return errors.Wrap(err, "a temporary folder")
	}
	if shm, err := os.MkdirTemp("/dev/shm", "vram-engine-benchmarks-"); err == nil {
		env.Shm = shm
	}
	r, err := measure(ctx, env, chosen, effort{*attempts, *patience})
	err = errors.Join(err, os.RemoveAll(env.Dir))
	if env.Shm != "" {
		err = errors.Join(err, os.RemoveAll(env.Shm))
	}
	if err != nil {
		return err
	}
	if *note != "" {
		r.Notef("%s", *note)
	}
	return publish(r, *out)
}

// child does one part and prints its answer.
func child(ctx context.Context, name string, args []string) error {
	part, ok := suite.Parts()[name]
	if !ok {
		return errors.Newf("there is no part %q", name)
	}
	return profiled(name, func() error {
		answer, err := part(ctx, args)
		if err != nil {
			return err
		}
		if respond, ok := answer.(process.Responder); ok {
			return process.Respond(os.Stdin, os.Stdout, respond)
		}
		return json.NewEncoder(os.Stdout).Encode(answer)
	})
}

func choose(only string) ([]suite.Suite, error) {
	all := suite.Suites()
	if only == "" {
		return all, nil
	}
	var chosen []suite.Suite
	for name := range strings.SplitSeq(only, ",") {
		before := len(chosen)
		for _, s := range all {
			if s.Name == name {
				chosen = append(chosen, s)
			}
		}
		if len(chosen) == before {
			return nil, errors.Newf("there is no suite %q", name)
		}
	}
	return chosen, nil
}

// publish prints the report and writes it, if there is a folder for it.
func publish(r *report.Report, out string) error {
	if _, err := io.WriteString(os.Stdout, r.Table()); err != nil {
		return errors.Wrap(err, "the table")
	}
	if out != "" {
		path, err := r.Save(out)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "written: %s and .txt\n", filepath.ToSlash(path))
		if err := pictures(r, strings.TrimSuffix(path, ".json")); err != nil && !errors.Is(err, draw.ErrNothing) {
			return err
		}
	}
	if !r.Passed() {
		return errors.New("a limit was not kept: see the lines with FAIL")
	}
	return nil
}
