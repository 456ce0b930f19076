// Package cudacheck tries a GPU and its driver: it proves that the kernels are
// right there, measures how fast they are, and answers what only hardware can
// answer.
//
// # What
//
// [Parts] lists the parts, [Run] runs one, and each finding is a [Row]: a fact,
// a check that passes or fails, or a figure beside the target that it is
// compared with. Raw parts call the driver themselves, with a context and
// memory of their own; others use a device of package cuda, as an engine does.
// The program around it (benchmarks/gpucheck) gives every part a process, so
// that a part that spoils its context, or hangs, spoils nothing else.
//
// # Not for
//
// Engines, and tests of package cuda: nothing that serves imports this.
//
// # Ownership
//
// A part takes device memory and gives it back before it ends, unless it
// is there to find out what happens otherwise.
//
// # Concurrency
//
// Run blocks, and works on an OS thread of its own. One part at a time in a
// process: a second would share the driver with the first.
//
// # Units
//
// GB/s are 10⁹ bytes per second; sizes are gpu.Bytes; times of the GPU are
// between two events of the driver, others are of the host's clock.
//
// # Failure
//
// An error ends a part; what it found before stays. A wrong result is no
// error but a row that says FAIL, and a figure below its target neither.
// Neither rows nor errors hold addresses or contents of memory.
package cudacheck
