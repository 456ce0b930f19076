// Package client calls a running daemon.
//
// # What
//
// [Client] speaks the protocol of package api over the daemon's socket.
// [Call] makes one call, [Client.PassFile] passes a file, and
// [Client.Explain] turns an error of the protocol into the engine's error that
// it stands for, with one line for a person.
//
// # Not for
//
// Starting a daemon: package daemon.
//
// # Ownership
//
// Close gives the connections back. PassFile does not close the file.
//
// # Concurrency
//
// A Client is safe for concurrent use. Calls block until they are answered or
// their context ends.
//
// # Units
//
// Those of the protocol.
//
// # Failure
//
// The errors of package vram; ErrStopped when no engine can be reached.
package client
