// Package pin keeps threads and new processes on chosen processors.
//
// # What
//
// [Allowed] are the processors that this process may use, [Choose] is the one
// for cases on one core, and [On] calls a function on a thread that only runs
// there. A process that is started inside inherits that, and a Go program
// among them then uses one thread.
//
// # Not for
//
// Reserving a processor: others may still use it.
//
// # Ownership
//
// On gives the thread its processors back.
//
// # Concurrency
//
// Functions may be called from any goroutine.
//
// # Units
//
// Processors have the numbers of the kernel.
//
// # Failure
//
// Where pinning is not allowed Choose returns None, and On with None pins
// nothing.
package pin
