// Package render writes what a person or a script reads.
//
// # What
//
// [JSON] and [JSONLine] for scripts; [Table] and [ErrorLine] for people, with
// every cell cleaned (package clean); [Progress], a line that is redrawn, only
// for terminals.
//
// # Not for
//
// Deciding what is shown: the commands do.
//
// # Ownership
//
// Nothing is kept but the writer of a Progress.
//
// # Concurrency
//
// The functions may be called from any goroutine, with a writer that allows
// it. A Progress belongs to one goroutine.
//
// # Units
//
// Sizes are gpu.Bytes, written exactly in JSON and with IEC units for people.
//
// # Failure
//
// The writer's errors are returned.
package render
