// Package wire converts between the engine's types and the protocol's.
//
// # What
//
// Functions From… make messages of values; functions To… make values of
// messages, for the client, so that both sides print the same JSON.
//
// # Not for
//
// Checking what a message says: package vram does.
//
// # Ownership
//
// Results share no memory with the arguments.
//
// # Concurrency
//
// Everything is safe for concurrent use.
//
// # Units
//
// Sizes are bytes, times are UTC.
//
// # Failure
//
// ErrSealVerificationFailed for a handle that cannot be read, exactly as for
// one whose seal is wrong.
package wire
