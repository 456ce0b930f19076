// Package vramenginev1connect holds the service's client and handler,
// generated from engine.proto.
//
// # What
//
// The Connect bindings of EngineService.
//
// # Not for
//
// Finding the socket or translating errors: the command line does both.
//
// # Ownership
//
// A handler owns the request that it is given and hands its answer over.
//
// # Concurrency
//
// Clients and handlers are safe for concurrent use.
//
// # Units
//
// Those of the messages in package vramenginev1.
//
// # Failure
//
// Errors are *connect.Error values with a vramenginev1.ErrorInfo as detail.
package vramenginev1connect
