// Package server answers the daemon's protocol for an engine.
//
// # What
//
// [Server] is the handler of EngineService: it checks who calls, turns
// requests into calls of the engine, and errors into codes with details. A
// file to seal comes from the desk of package fdpass; the server never opens
// a path that a client names.
//
// # Not for
//
// Opening sockets (package socket) or the life of the daemon (package daemon).
//
// # Ownership
//
// The server borrows the engine for each call. It owns a claimed file until
// the seal has ended, and closes it then.
//
// # Concurrency
//
// A Server is safe for concurrent use. It starts one goroutine per seal, which
// ends before the call does.
//
// # Units
//
// Sizes are bytes.
//
// # Failure
//
// Every error that leaves it is a *connect.Error with an ErrorInfo.
package server
