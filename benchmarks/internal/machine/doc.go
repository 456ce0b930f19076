// Package machine says on what something was measured, and how quiet it was.
//
// # What
//
// [Describe] gives the line that stands beside every figure. [Watch] tells how
// much of the processors others used during the run, and [AwaitQuiet] waits
// until they use little.
//
// # Not for
//
// Anything that is not Linux.
//
// # Ownership
//
// Everything is a copy.
//
// # Concurrency
//
// Safe for concurrent use.
//
// # Units
//
// Shares are from 0 to 1.
//
// # Failure
//
// What cannot be found out is "unknown"; it does not end the run.
package machine
