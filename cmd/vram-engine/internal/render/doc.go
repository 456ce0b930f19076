// Package render writes what a person or a script reads.
//
// # What
//
// [JSON] and [JSONLine] for scripts; [Table] and [ErrorLine] for people, with
// every cell cleaned (package clean); [Screen], where [Progress] is drawn below
// the lines that are written, only on terminals.
//
// # Not for
//
// Deciding what is shown: the commands do.
//
// # Ownership
//
// Nothing is kept but the writer of a Screen. A Progress that has drawn is
// ended with Done, else its goroutines stay.
//
// # Concurrency
//
// The functions may be called from any goroutine, with a writer that allows
// it. A Screen and a Progress may be used by several goroutines.
//
// # Units
//
// Sizes are gpu.Bytes, written exactly in JSON and with IEC units for people.
//
// # Failure
//
// The writer's errors are returned.
package render
