// Package gpu says what a device with memory of its own is: sizes, extents,
// buffers, digests of what is resident, residency evidence, errors, and the
// locked thread on which every driver call happens.
//
// # What
//
// [Device] is the contract that a driver fulfils. It has two implementations
// with one conformance suite (gpu/gputest): gpu/sim, and the CUDA driver.
// [Heap] places shards into extents: large ones own an extent, small ones
// share packs. [Buffer] is one placed allocation with every access bounds
// checked. [Thread] is a goroutine that owns an operating-system thread.
//
// # Not for
//
// Deciding who may allocate how much (package ledger), what a digest means
// (package seal), or when work runs (package actors).
//
// # Ownership
//
// A Device owns its extents until Unmap or Close. A Heap owns the extents
// that it mapped. A Buffer is valid until its heap frees it. Byte slices that
// are passed in are only used during the call; none is kept.
//
// # Concurrency
//
// A Device, its Heap, its Buffers and its Passes belong to one [Thread]: the
// one on which the device was opened. CUDA's current context is a property of
// the OS thread, so a call from elsewhere is an error ([ErrWrongThread]) and
// not a race. Only Info may be called from anywhere.
//
// # Units
//
// Sizes and offsets are [Bytes]. Digests are 32-byte SHA-256 values. There is
// no type for a device address: extents are named by an index into a table
// that the driver keeps to itself, so that no address can be printed (MS-001).
//
// # Failure
//
// Every error of a driver call is an [*Error] that names the operation and
// knows whether the device is poisoned ([IsSticky]): after a sticky error no
// call on the device succeeds any more, and nothing on it can be trusted.
package gpu
