// Package failure makes the errors of the command line: one readable line
// that says what to do, and a kind that decides the exit status.
//
// # What
//
// [New] and [Because] make an error with a text of their own that counts, for
// errors.Is, as one of the engine's sentinels. [Usage] is the most frequent.
//
// # Not for
//
// The engine's own errors, which package vram makes.
//
// # Ownership
//
// Errors are values; nothing is kept.
//
// # Concurrency
//
// Everything is safe for concurrent use.
//
// # Units
//
// None.
//
// # Failure
//
// There is none.
package failure
