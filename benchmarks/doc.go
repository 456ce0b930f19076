// Command benchmarks measures the engine and prints and writes what it found.
//
// # What
//
// Speed and memory of the digest and its kernels, of sealing, verifying and
// Execute, of many small shards and of the audit log, each beside something
// that it can be compared with in the same run: cases take turns, and what is
// stated are medians, their spread and ratios. "make bench" runs it; "plot
// RESULT.json FOLDER" draws what an earlier run found; folder gobench has
// benchmarks for benchstat; docs/benchmarks.md says what was found.
//
// # Not for
//
// Tests: nothing here fails because something is slow. Limits on memory are
// checked, with a line PASS or FAIL each. Real GPUs are not measured: every
// device is simulated, and the output says so.
//
// # Ownership
//
// What is measured lies in a temporary folder that is removed at the end.
//
// # Concurrency
//
// One suite at a time. What needs clean memory runs in a process of its own.
//
// # Units
//
// GB/s is 10⁹ bytes per second; MiB and KiB are powers of two; times say theirs.
//
// # Failure
//
// An error ends the run with status 1 and writes nothing. A check that fails
// is in the output, and the status is 1 too.
package main
