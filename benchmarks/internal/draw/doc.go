// Package draw makes pictures of a report.
//
// # What
//
// [All] writes each picture as SVG and as PNG: programs on one core (digest),
// throughput by size (sizes) and by threads (threads), the latency of a verify
// by the size of the shard (latency), and the kernels against their limits
// (kernels). Everything that is written in them comes from the report. Colours
// are those of Okabe and Ito, which colour-blind readers can tell apart, and
// lines differ by their marks too.
//
// # Not for
//
// Reports of the first schema, whose rows do not say what belongs together.
//
// # Ownership
//
// The report is only read.
//
// # Concurrency
//
// One call at a time.
//
// # Units
//
// The axes say theirs.
//
// # Failure
//
// A topic without rows gives no picture; a report without any is
// [ErrNothing].
package draw
