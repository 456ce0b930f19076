// Package kernel computes SHA-256 of many leaves at once: blocks of exactly
// 4096 bytes, each hashed by itself.
//
// # What
//
// A [Plan] from [Choose] says which [Method] the processor is hashed with:
// the kernels put one leaf in each 32-bit lane of vector registers, or run two
// streams of the SHA instructions; [Standard] is crypto/sha256, one leaf after
// the other. [Plan.Hash] hashes one group. The assembly is written by the
// generator in the folder gen beside this one; make generate runs it.
//
// # Not for
//
// Messages of other lengths: the padding of a leaf is part of the kernels. In
// FIPS 140-3 mode only crypto/sha256 is used, because the kernels are no
// validated module.
//
// # Ownership
//
// Leaves are read during the call and never beyond their end; nothing is kept
// and nothing is allocated.
//
// # Concurrency
//
// All functions may be called from any goroutine. One call hashes at most
// 32 leaves, about 20 to 40 microseconds in which the runtime cannot
// interrupt it.
//
// # Units
//
// Leaves of [LeafSize] bytes are counted in an int.
//
// # Failure
//
// Nothing fails. A leaf whose memory cannot be read faults as in Go code.
package kernel
