// Package daemon runs an engine behind its sockets until it is told to stop.
//
// # What
//
// [Run] prepares the data directory and the token, opens the sockets and the
// engine, seals the files that were named at the start, says that it is ready,
// and serves. When its context ends it stops taking work, lets the engine
// finish or cancel what runs, scrub its memory and close its log, and returns.
//
// # Not for
//
// Parsing flags (package cli) or answering calls (package server).
//
// # Ownership
//
// Run owns the engine and the sockets, and has given back both when it returns.
//
// # Concurrency
//
// One Run per socket and per data directory.
//
// # Units
//
// Sizes are gpu.Bytes, times are time.Duration.
//
// # Failure
//
// nil after a stop by its context, in whatever state the engine is;
// ErrDeviceLost when a device is lost and OnDeviceLoss is LossExit; before it
// is ready, whatever keeps it from starting.
package daemon
