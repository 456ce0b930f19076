// Package clock measures how fast the processor runs now, so that times can be
// stated in cycles.
//
// # What
//
// [Now] times a chain of additions of which each waits for the one before: one
// cycle each on every processor of amd64 and arm64. Measured beside a slice of
// work on the same thread it gives that slice's clock, also where instructions
// of 512 bits lower it: the lower clock lasts longer than the chain.
// [Thread] is the time that the thread ran.
//
// # Not for
//
// Hardware counters: virtual machines often have none.
//
// # Ownership
//
// Nothing is kept.
//
// # Concurrency
//
// The caller has locked its goroutine to its thread.
//
// # Units
//
// Cycles for each nanosecond of processor time, which is GHz.
//
// # Failure
//
// On other processors Now returns zero: cycles are then not stated.
package clock
