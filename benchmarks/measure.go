package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/pin"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/benchmarks/internal/suite"
)

// quiet is the share of the processors that others may use while a suite runs.
const quiet = 0.1

// effort is what is done to measure while nobody disturbs.
type effort struct {
	attempts int           // how often a suite runs at most
	patience time.Duration // how long each attempt waits for quiet
}

// measure runs the suites and makes their report.
func measure(ctx context.Context, env suite.Env, chosen []suite.Suite, how effort) (*report.Report, error) {
	r := report.New(machine.Describe(ctx))
	if env.CPU != pin.None {
		r.Pinned = &env.CPU
	}
	start, watcher, others := time.Now(), machine.Watch(), map[string]float64{}
	for _, s := range chosen {
		part, share, err := quietest(ctx, env, s, how)
		if err != nil {
			return nil, errors.Wrapf(err, "%s", s.Name)
		}
		r.Join(part)
		others[s.Name] = share
	}
	r.Took, r.Quiet = time.Since(start).Seconds(), watcher.Report()
	r.Quiet.BySuite = others
	if os.Getenv(profileVariable) != "" {
		r.Notef("The profiler ran meanwhile.")
	}
	if env.Quick {
		r.Notef("A quick run: few rounds, not for publication.")
	}
	return r, nil
}

// quietest runs a suite until nobody disturbs it, but not too often, and
// returns what was found while others used least of the processors. The
// figures themselves have no say in the choice, and no failed check is dropped.
func quietest(ctx context.Context, env suite.Env, s suite.Suite, how effort) (*report.Report, float64, error) {
	var best *report.Report
	least, tried := 1.0, 0
	for attempt := range max(how.attempts, 1) {
		if err := machine.AwaitQuiet(ctx, quiet, how.patience); err != nil {
			return nil, 0, err
		}
		fmt.Fprintf(os.Stderr, "measuring: %s", s.Name)
		part, watcher := &report.Report{}, machine.Watch()
		if err := profiled(s.Name, func() error { return s.Run(ctx, env, part) }); err != nil {
			return nil, 0, err
		}
		share := watcher.Report().Others
		tried++
		fmt.Fprintf(os.Stderr, " (attempt %d; others used %.0f %%)\n", attempt+1, 100*share)
		switch {
		case best == nil:
			best, least = part, share
		case share < least:
			part.KeepFailures(best)
			best, least = part, share
		default:
			best.KeepFailures(part)
		}
		if least < quiet {
			break
		}
	}
	if tried > 1 {
		best.Notef("The suite %s ran %d times; counted is the run in which others used least of the processors.", s.Name, tried)
	}
	return best, least, nil
}
