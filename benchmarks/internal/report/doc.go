// Package report holds the figures of a run and writes them.
//
// # What
//
// Rows are figures with their spread, ratios compare two of them in the same
// run, checks are limits. [Report.Table] writes them for people and
// [Report.Save] as JSON and text.
//
// # Not for
//
// Comparing runs: see gobench and benchstat.
//
// # Ownership
//
// A report owns what is added to it.
//
// # Concurrency
//
// One goroutine at a time.
//
// # Units
//
// Every row names its own.
//
// # Failure
//
// Save writes both files or reports why not.
package report
