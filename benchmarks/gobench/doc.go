// Package gobench holds Go benchmarks of single operations, for benchstat.
//
// # What
//
// One file of benchmarks for each package that is measured. "make
// bench-compare" runs them on two versions in turn and compares.
//
// # Not for
//
// Figures to publish: "make bench" states those beside what they are compared
// with.
//
// # Ownership
//
// Every benchmark makes and removes what it needs.
//
// # Concurrency
//
// Benchmarks run one at a time.
//
// # Units
//
// Those of the testing package.
//
// # Failure
//
// A benchmark that cannot run fails.
package gobench
