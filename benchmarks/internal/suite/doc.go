// Package suite holds what is measured, one file for each group of figures.
//
// # What
//
// [Suites] are the groups, in the order of the output. [Parts] are what they
// run in processes of their own. A new hash library is a row in package peer, a
// new program one in programs.
//
// What runs on one core runs in a process that is pinned to a processor, so
// that every program has one thread there, and its rates are bytes for a
// second of processor time: others on the machine disturb that least. What has
// several threads is measured by the clock.
//
// # Not for
//
// How figures are taken, described and written: see measure and report.
//
// # Ownership
//
// A suite removes what it puts into Env's folders only where it would be in
// the way of the next; the caller removes the folders.
//
// # Concurrency
//
// One suite at a time.
//
// # Units
//
// Each row says its own.
//
// # Failure
//
// The first error ends a suite. A program that is not installed is a note.
package suite
