// Package logging makes the daemon's logger.
//
// # What
//
// [New] makes an hclog logger that writes to standard error, as text or JSON.
// Message, keys and values pass through package clean, so that nobody who
// names something can forge a line, and values whose kind could show an
// address or raw bytes are left out.
//
// # Not for
//
// The audit log, which package audit writes.
//
// # Ownership
//
// The logger keeps the writer that it is given and does not close it.
//
// # Concurrency
//
// A logger is safe for concurrent use.
//
// # Units
//
// None.
//
// # Failure
//
// ErrInvalidInput for an unknown level. A write that fails is lost.
package logging
