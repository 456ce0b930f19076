// Package sim is the simulated device: what --sim and Options.Simulated give,
// and never chosen without being asked for. It behaves like the worst driver
// that the engine must survive.
//
// # What
//
// Each device has physical memory of its own outside the Go heap: one memory
// file, cut into granules. An extent is an address range of its own between
// two guard pages, onto which granules are mapped. Freed granules come back
// with their old contents. Protection is the processor's, so that a kernel
// that stores into a read-only extent faults, and the device is poisoned as a
// real one would be. Kernels are Go functions.
//
// [Options].Hostile also fills memory that was never used with a pattern,
// hands granules out in a random order, and lets failing copies do half of
// their work. [Options].Faults gives a [Control] for each device: scripted
// failures, delays, bit flips, bits that are stuck, loss, external use, lies
// about residency, reports of the device's health and its error counters, an
// operation log, and counts of the bytes that nobody scrubbed and of the host
// memory that nobody gave back.
//
// A device tests its memory in place, and has page-locked host memory, which
// is [gpu.Staging]: see [gpu.MemoryTester] and [gpu.HostMemory]. A backend
// tells what is raised, and what is counted: see [health.Watcher] and
// [health.Counter].
//
// # Not for
//
// Protecting anything: the memory is the host's, and everything that it shows
// is of the kind "simulated".
//
// # Ownership
//
// A device owns its memory until Close, host memory included: it must not be
// touched after that. Slices that are passed in are used
// during the call only. A Go kernel must not keep the slices it is given, nor
// start goroutines that outlive it.
//
// # Concurrency
//
// A [Backend] and a [Control] may be used from any goroutine. A device belongs
// to the OS thread that opened it, and checks that on every call, unless
// [Options].AnyThread is set. A kernel runs on a goroutine of its own while
// the owner goes on; every call but Info, Extents and Idle waits for it first,
// as if all work went through one stream. A pass has one goroutine help it with
// the block hashes of jobs whose data is hashed; none is at work between steps.
// Flips act on the memory file, as if in hardware: they also reach read-only
// and freed memory. So do stuck bits, but only when a call starts: what a
// kernel stores over one stays until the kernel has ended. Watchers run on
// their callers' goroutines, also before a device is opened and after it is
// closed.
//
// # Units
//
// Sizes and offsets are gpu.Bytes. A Step works by measured time.
//
// # Failure
//
// Every failed call returns a *gpu.Error. A fault in a kernel or in a copy is
// gpu.ErrIllegalAddress, a panic or runtime.Goexit in a kernel is
// gpu.ErrLaunchFailed; both poison the device, as does a scripted sticky
// failure. A kernel that never returns makes every call that waits for it, and
// Close, wait too: Go cannot stop it.
package sim
