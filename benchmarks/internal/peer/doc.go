// Package peer holds the hash libraries that package verity is compared with.
//
// # What
//
// [Libraries] lists them. A new one is one more row there, and a line in the
// go.mod of this module, which nobody needs who embeds the engine.
//
// Of minio/sha256-simd the plain functions are used. Its AVX-512 server, which
// hashes up to 16 messages at once, is left out: messages of 4096 bytes slow it
// down the longer it runs, until it does not finish.
//
// # Not for
//
// Programs: see package suite.
//
// # Ownership
//
// Data is read during a call only.
//
// # Concurrency
//
// Calls on different hashes may run at the same time. The BLAKE3 library of
// lukechampine spreads a call over as many threads as Go may use.
//
// # Units
//
// Bytes.
//
// # Failure
//
// Hashing bytes in memory cannot fail.
package peer
