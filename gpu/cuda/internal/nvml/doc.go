// Package nvml speaks to libnvidia-ml.so.1, NVIDIA's management library,
// through purego: what a device says about its health beside its work.
//
// # What
//
// [Open] loads the library and finds every function of the list in
// gpu/cuda/internal/gen. A [Library] has methods that read: identity, memory,
// error counters, remapped rows, the action that the driver asks for, modes,
// other processes, and events such as Xid errors.
//
// # Not for
//
// Changing anything: no function that sets, resets or clears is bound. What
// an answer means for the engine is judged in gpu/cuda.
//
// # Ownership
//
// An [EventSet] belongs to the caller until FreeEventSet. All results are
// copies. Each Init is matched by one Shutdown.
//
// # Concurrency
//
// The library is safe from any thread; no context is needed. Each call may
// take milliseconds, Init up to seconds. Only Wait waits, up to its limit.
//
// # Units
//
// Sizes are gpu.Bytes, waiting times time.Duration, counters numbers of
// events. Handles print as words.
//
// # Failure
//
// Every method ends in a [Result]. A function that this driver lacks answers
// ErrorFunctionNotFound, one that this device lacks ErrorNotSupported: both
// mean "not known" and never "all is well".
package nvml
