// Package health says what a driver can report of a device outside of any
// call, and what the report asks for.
//
// # What
//
// A [Report] is one event: an Xid, a memory error, a row that was remapped. A
// backend of devices that learns of such events is a [Watcher]; one whose
// devices count memory errors is a [Counter].
//
// # Not for
//
// Errors of driver calls (package gpu), or acting on a report (package
// actors).
//
// # Ownership
//
// Reports and counters are values.
//
// # Concurrency
//
// Both interfaces may be used from any goroutine.
//
// # Units
//
// Counters count events since the driver was loaded.
//
// # Failure
//
// A Watcher that cannot say returns an error, and nothing is known of the
// devices' health from then on.
package health
