// Package vramenginev1 holds the messages of the daemon's protocol, generated
// from the .proto files beside it.
//
// # What
//
// The protocol between vram-engine's daemon and its clients, version 1. The
// service is in package vramenginev1connect. It can be spoken as Connect,
// gRPC, gRPC-Web and plain JSON over the daemon's Unix socket.
//
// # Not for
//
// Anything but the wire: the engine's own types are in package vram.
//
// # Ownership
//
// Messages are plain values of whoever holds them.
//
// # Concurrency
//
// A message may be read by several goroutines and written by one.
//
// # Units
//
// Sizes are bytes, durations carry their unit in their name, times are UTC.
//
// # Failure
//
// Every error of the service carries an ErrorInfo as its detail.
package vramenginev1
