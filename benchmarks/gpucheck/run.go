package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// The exit statuses.
const (
	statusPassed = 0
	statusFailed = 1
	statusUsage  = 2
	statusNoGPU  = 7
)

// options are what the program was asked for. Its children get the same.
type options struct {
	check   cudacheck.Options
	libcuda string
	nvml    string
	beside  string // the folder with the other programs
	tmp     string
	out     string
	only    string
	limit   time.Duration
}

// run runs the program, or one part of it as a child.
func run(ctx context.Context, args []string) (int, error) {
	o := options{}
	flags := flag.NewFlagSet("gpu-check", flag.ContinueOnError)
	flags.StringVar(&o.libcuda, "libcuda", "", "absolute path of libcuda.so.1; the usual places without it")
	flags.StringVar(&o.nvml, "nvml", "", "absolute path of libnvidia-ml.so.1; the usual places without it")
	flags.IntVar(&o.check.Device, "device", 0, "which of the usable devices")
	flags.BoolVar(&o.check.Quick, "quick", false, "few repetitions: to try the program, not to publish figures")
	flags.StringVar(&o.beside, "beside", "", "folder with vram-engine and conformance.test; that of this program without it")
	flags.StringVar(&o.tmp, "tmp", "", "folder for temporary files, some GiB free; the system's without it")
	flags.StringVar(&o.out, "out", "", "folder for the results; nothing is written without it")
	flags.StringVar(&o.only, "only", "", "parts to run, with commas between them; all without it")
	flags.DurationVar(&o.limit, "limit", 8*time.Minute+30*time.Second, "how long all parts together may take")
	part := flags.String("part", "", "run one part, and write its rows as lines of JSON (this is how the program calls itself)")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return statusPassed, nil
	case err != nil:
		return statusUsage, err
	}
	if err := o.complete(flags.Args()); err != nil {
		return statusUsage, err
	}
	if *part != "" {
		return statusOf(o.runPart(ctx, *part, printRow))
	}
	return o.runAll(ctx)
}

func statusOf(err error) (int, error) {
	if err != nil {
		return statusFailed, err
	}
	return statusPassed, nil
}

// complete checks the options and fills in the rest.
func (o *options) complete(rest []string) error {
	if len(rest) > 0 {
		return errors.Newf("%q is no option", rest[0])
	}
	if o.libcuda != "" {
		o.check.Libraries = []string{o.libcuda}
	}
	if o.nvml != "" {
		o.check.NVML = []string{o.nvml}
	}
	if o.beside == "" {
		self, err := os.Executable()
		if err != nil {
			return errors.Wrap(err, "where this program is")
		}
		o.beside = filepath.Dir(self)
	}
	for name := range strings.SplitSeq(o.only, ",") {
		if o.only != "" && !slices.ContainsFunc(parts(), func(p part) bool { return p.name == name }) {
			return errors.Newf("there is no part %q", name)
		}
	}
	o.check.Child = o.spawn
	return nil
}

// args are the arguments with which a child does the same.
func (o *options) args(part string) []string {
	args := []string{"-part", part, "-device", fmt.Sprint(o.check.Device), "-beside", o.beside, "-libcuda", o.libcuda, "-nvml", o.nvml, "-tmp", o.tmp}
	if o.check.Quick {
		args = append(args, "-quick")
	}
	return args
}

// printRow writes a row for the parent.
func printRow(r cudacheck.Row) {
	line, err := json.Marshal(r)
	if err != nil {
		line, err = json.Marshal(cudacheck.Row{Part: r.Part, Name: r.Name, Value: "cannot be written: " + err.Error(), Verdict: cudacheck.Fail})
	}
	if err == nil {
		_, err = fmt.Fprintf(os.Stdout, "%s\n", line)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gpu-check:", err)
	}
}

// runAll runs the parts in order, prints the table and writes the results.
func (o *options) runAll(ctx context.Context) (int, error) {
	r := newResults(ctx)
	if why := o.probe(ctx, r); why != "" {
		if err := r.withoutGPU(os.Stdout); err != nil {
			return statusFailed, err
		}
		return statusNoGPU, errors.Newf("no usable GPU: %s", why)
	}
	deadline := r.Started.Add(o.limit)
	for _, p := range parts() {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), p.name) {
			continue
		}
		o.runOne(ctx, p, time.Until(deadline), r)
	}
	r = r.final()
	r.finish(o.only == "")
	if _, err := io.WriteString(os.Stdout, r.table()); err != nil {
		return statusFailed, errors.Wrap(err, "the table")
	}
	if o.out != "" {
		path, err := r.save(o.out)
		if err != nil {
			return statusFailed, err
		}
		fmt.Fprintf(os.Stderr, "written: %s and .txt\n", filepath.ToSlash(path))
	}
	if failed := r.failed(); failed > 0 {
		return statusFailed, errors.Newf("%d checks failed: see the lines with FAIL", failed)
	}
	return statusPassed, nil
}

// runOne runs one part in a child, within its limit and what is left of all.
func (o *options) runOne(ctx context.Context, p part, left time.Duration, r *results) {
	if left < 5*time.Second || ctx.Err() != nil {
		r.add(cudacheck.Row{Part: p.name, Name: "all of the part", Value: "no time was left", Verdict: cudacheck.NotMeasured})
		return
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", p.name, p.about)
	begin := time.Now()
	within, stop := context.WithTimeout(ctx, min(p.limit, left))
	defer stop()
	done := make(chan error, 1)
	go func() { done <- o.spawn(within, p.name, r.add) }()
	var err error
	select {
	case err = <-done:
	case <-after(within, giveUp):
		err = errors.New("it cannot be ended: the driver does not let go of it")
	}
	r.Took[p.name] = time.Since(begin).Seconds()
	switch {
	case err == nil:
	case within.Err() != nil:
		r.add(cudacheck.Row{Part: p.name, Name: "all of the part", Value: fmt.Sprintf("was ended after %.0f s: %v", time.Since(begin).Seconds(), err), Verdict: cudacheck.Fail})
	default:
		r.add(cudacheck.Row{Part: p.name, Name: "all of the part", Value: err.Error(), Verdict: cudacheck.Fail})
	}
}

// giveUp is how long a part may take to end after it was told to.
const giveUp = 15 * time.Second

// after tells when ctx has been over for the duration.
func after(ctx context.Context, d time.Duration) <-chan struct{} {
	over := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(d, func() { close(over) }) })
	return over
}
