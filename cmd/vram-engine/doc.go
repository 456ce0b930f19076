// Command vram-engine is the engine's daemon and its client.
//
// # What
//
// `vram-engine serve` runs an engine and answers on a Unix socket; the other
// commands call it, or work on files of their own (digest, audit verify,
// bench). `vram-engine help` lists them.
//
// # Not for
//
// Embedding: import package vram of the module's root instead.
//
// # Ownership
//
// The daemon owns its data directory and its sockets while it runs.
//
// # Concurrency
//
// One daemon per data directory and per socket; any number of clients.
//
// # Units
//
// Sizes are bytes, or numbers with a unit such as 512MB or 4GiB.
//
// # Failure
//
// Errors are one line on standard error. The exit status is 0 done, 1 internal
// error, 2 usage, invalid input, not found or conflict, 3 integrity failure, 4
// policy violation, 5 not enough device memory, 6 audit log unavailable or
// invalid, 7 engine unreachable, stopped or quarantined, 8 device lost.
package main
