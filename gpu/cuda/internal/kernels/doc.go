// Package kernels holds the code that runs on a GPU: it hashes the leaves of
// the fs-verity tree, compares hashes, proves that memory was scrubbed, and
// tests memory.
//
// # What
//
// The sources are in src, in a subset of C; make kernels compiles them to PTX,
// which is embedded here, compressed. [PTX] returns the module for a GPU,
// [Digest] what identifies it, [Entries] the kernels and their parameters.
// [AppendJob] and [AppendPair] write the tables that kernels read; [Grid],
// [StrideGrid] and [Block] say how to launch.
//
// The same sources are compiled for the host by tests and by the fake driver:
// host.h and src/host.c.
//
// # The kernels
//
// All pointers are 64-bit addresses of device memory, and all numbers little
// endian. Blocks of threads have at most [Threads], and grids one dimension.
//
// The kernels of [Leaves] differ in speed only. Their parameters are
// (jobs u64, njobs u32, first u64, count u64), and thread i < count hashes leaf
// first+i of the batch: up to 4096 bytes of a job, as if zero bytes followed.
// The hash is written as SHA-256 prints it. A source has any alignment (16 is
// fast), and no byte outside of it is read; a target is a multiple of 4. A leaf
// beyond the end of its job is left alone. jobs is the address, a multiple of 8,
// of njobs records, at least one:
//
//	offset  length  value
//	     0       8  source: address of the data
//	     8       8  length of the data in bytes, not 0
//	    16       8  target: address of the hashes, 32 bytes for each leaf
//	    24       8  start: the sum of the leaves of all jobs before
//
// Applied to data they make the leaves, and applied to the hashes of a level
// the next level; the last has one hash, the root.
//
// ve_compare(pairs u64, npairs u32, first u64, count u64) compares hash first+i
// of a batch of pairs. Where it differs, the result of its pair, which the host
// sets to [NoDifference] before, becomes its index within the pair if that is
// lower. pairs is like jobs:
//
//	offset  length  value
//	     0       8  a: address of hashes
//	     8       8  b: address of as many hashes
//	    16       8  start: the sum of the hashes of all pairs before
//	    24       8  result: address of 8 bytes, a multiple of 8
//
// first+count must not exceed the number of hashes of the batch.
//
// ve_nonzero(p u64, len u64, flag u64) sets the 4 bytes at flag to 1 if any of
// the len bytes from p on is not zero, and leaves them alone otherwise.
//
// ve_memtest(p u64, len u64, seed u64, step u32, errors u64) writes and checks
// patterns in len bytes from p on, both multiples of 8, in the steps
// [MemtestWrite], [MemtestCheck] and [MemtestClear], and adds the number of
// wrong words to the 8 bytes at errors. After the last step the memory is zero.
//
// # Not for
//
// Talking to a driver: see package driver. Choosing among the variants: the
// device measures.
//
// # Ownership
//
// What is returned belongs to the caller. Tables are appended to the caller's
// slice.
//
// # Concurrency
//
// Everything may be called from any goroutine.
//
// # Units
//
// Data is counted in gpu.Bytes, leaves and hashes in uint64. Addresses are the
// caller's own type over uint64; they are written to tables and kept nowhere
// else.
//
// # Failure
//
// Errors are of type [Code]; none shows an address.
package kernels
