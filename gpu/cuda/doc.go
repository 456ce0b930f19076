// Package cuda is the CUDA device: gpu.Device on NVIDIA's driver, which is
// found at run time. One binary runs with and without a GPU.
//
// # What
//
// [New] loads the driver, decides which devices may be used, and says why the
// others may not. [Backend].Open makes a device: a context on the calling
// thread, three streams, the digest kernels, and a test of those kernels
// against crypto/sha256 with known and with random data.
//
// Extents are made of physical memory on the device (cuMemCreate), addresses
// of their own, and one mapping, which turns read-only where the driver
// honours that. Digests are computed where the bytes are, many spans in one
// launch for each level of their trees. What the device needs for itself, such
// as hashes and tables of jobs, comes from an arena that is mapped and scrubbed
// in the same way and is not among the extents.
//
// # Not for
//
// Memory that could live on the host, or that other processes can open: no
// such call is even bound. Resetting a GPU: an operator does that. Contexts
// that the package does not own are never reset or destroyed.
//
// # Ownership
//
// A device owns its context, streams, modules, mappings and page-locked host
// memory until Close. Slices that are passed in are used during the call only.
// Device addresses stay in tables of the package and are never printed.
//
// # Concurrency
//
// A [Backend] may be used from any goroutine. A device belongs to the OS
// thread that opened it and checks that on every call, and also that its
// context is still the thread's current one. Kernels that were launched run
// while the owner goes on. A copy waits for those that were given the same
// extent; a digest too, unless the extent is read-only, so that a patrol and an
// inference share the device.
//
// # Units
//
// Sizes and offsets are gpu.Bytes. Blocks are of 4096 bytes. A Step works by
// measured time.
//
// # Failure
//
// Every failed call returns a *gpu.Error that names the operation, the
// driver's function and its answer. Answers after which the driver refuses
// everything poison the device; a kernel's failure comes with a later call and
// is the device's, not that call's. A poisoned device cannot scrub: what it
// had mapped goes back to the driver, which wipes memory before it gives it to
// another process. A driver that never answers blocks its thread.
package cuda
