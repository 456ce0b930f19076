// Package pagecache takes files out of the page cache and tells how much of
// them is there.
//
// # What
//
// [Evict] asks the kernel to forget a file's pages: fsync first, so that all
// are clean, then posix_fadvise with DONTNEED, which needs no privilege.
// [Resident] asks with cachestat how many bytes are cached.
//
// # Not for
//
// The caches of a disk, or those of a host below a virtual machine: what is
// cold here may be warm there.
//
// # Ownership
//
// Files stay the caller's.
//
// # Concurrency
//
// Functions may be called from any goroutine.
//
// # Units
//
// Bytes.
//
// # Failure
//
// Resident fails with [ErrUnknown] on kernels before 6.5.
package pagecache
