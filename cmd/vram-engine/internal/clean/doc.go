// Package clean makes text from elsewhere safe to show on a terminal and to
// write to a log.
//
// # What
//
// [Text] replaces whatever is not printable, so that nobody who names a shard
// or a model can forge a line, move the cursor or reorder what is shown.
// [Line] also makes it a single line, for errors.
//
// # Not for
//
// Refusing input: package internal/input does that.
//
// # Ownership
//
// Strings are values; nothing is kept.
//
// # Concurrency
//
// Both functions are pure.
//
// # Units
//
// None.
//
// # Failure
//
// There is none: every string has a safe form.
package clean
