// Package dynlib loads a shared library of the system at run time.
//
// # What
//
// [Open] looks for a library under absolute paths and then by its name.
// [Library.Symbol] finds a function in it. [Text] copies a text that lies in
// C's memory.
//
// # Not for
//
// Calling functions: the packages driver and nvml do that, each with the types
// of its library.
//
// # Ownership
//
// A library stays loaded until the process ends. It is never closed: the
// driver starts threads of its own, which would lose the ground under them.
//
// # Concurrency
//
// Everything may be called from any goroutine.
//
// # Units
//
// A symbol is the address of code. It is a number, and zero if there is none.
//
// # Failure
//
// [ErrNotFound] says that the library is not on this machine; any other error
// of Open that a library is there and cannot be loaded.
package dynlib
