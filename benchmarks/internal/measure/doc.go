// Package measure times cases that take turns, and describes series of figures.
//
// # What
//
// [Interleave] runs cases one after the other, round after round, so that what
// disturbs the machine disturbs all of them. [Describe] gives median and
// spread, [Ratio] the ratios round by round.
//
// # Not for
//
// Calls of less than a microsecond: let a case do many of them.
//
// # Ownership
//
// Series belong to who asked for them.
//
// # Concurrency
//
// One Interleave at a time: CPU time is that of the whole process.
//
// # Units
//
// Durations; figures have the unit that the caller gives them.
//
// # Failure
//
// The first error of a case ends the run.
package measure
