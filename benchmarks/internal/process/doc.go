// Package process measures memory and runs parts of a suite in processes of
// their own.
//
// # What
//
// [Memory] is what the kernel says of this process; [Peak] watches its private
// memory. [Child] runs this program again as a child and reads its answer;
// [Program] runs another one. A [Server] is a child that answers several
// questions, so that children can take turns. A [Place] says on which processor
// and in which environment.
//
// # Not for
//
// The Go heap alone: see runtime/metrics.
//
// # Ownership
//
// Answers belong to the caller.
//
// # Concurrency
//
// Safe for concurrent use, but what runs at the same time disturbs.
//
// # Units
//
// Bytes, where nothing else is said.
//
// # Failure
//
// A child that fails shows what it wrote to its standard error.
package process
