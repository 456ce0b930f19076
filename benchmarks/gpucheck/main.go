// Command gpucheck tries the engine on a GPU and writes what it found.
//
// # What
//
// Every part runs in a process of its own and within a limit of time: the
// parts of package cudacheck, the conformance suite of devices, the engine as a
// library, and the engine's command line. The table on the terminal has a line
// for each finding; -out writes it, and all samples, to files. Tests of
// correctness pass or fail; figures meet their target or miss it.
//
// # Not for
//
// Machines without a GPU, but to try the program itself: make gpu-check FAKE=1
// runs it against the fake driver of the tests, and says so.
//
// # Ownership
//
// Files for the engine lie in a temporary folder that is removed at the end.
// The GPU's settings are left alone.
//
// # Concurrency
//
// One part at a time.
//
// # Units
//
// As in package cudacheck.
//
// # Failure
//
// A part that fails, hangs or dies spoils no other. The status is 0 if every
// check passed, 1 if one did not or a part ended badly, 2 for wrong arguments, 7 if
// there is no usable GPU. Figures have no say in it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gpu-check:", err)
	}
	os.Exit(status)
}
