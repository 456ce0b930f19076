// Package driver speaks to libcuda.so.1, the CUDA driver, through purego: found
// at run time, with no toolkit at build time and no cgo.
//
// # What
//
// [Open] loads the library and finds every function of the list. A [Library]
// has one method for each function, with Go types. Names, numbers and layouts
// are generated from the list in gpu/cuda/internal/gen.
//
// # Not for
//
// Judging results (gpu/cuda), keeping track of what is allocated (gpu/cuda).
// Managed, zero-copy and host-mapped memory, pools, peers and memory that
// other processes can open: no function for them is bound.
//
// # Ownership
//
// What a Create, Reserve, Map, Allocate, Load or Retain method gives belongs
// to the caller, until the method that undoes it. Byte slices are used during
// the call; where work is queued on a stream they must stay alive and alone
// until that work is done.
//
// # Concurrency
//
// CUDA's current context belongs to the OS thread. Every method but those of
// devices and of [Library] itself needs a context that is current on the
// thread it is called on, so callers lock their thread. The driver allows
// calls from several threads at once. Each call may block for as long as the
// driver likes; SynchronizeStream and SynchronizeEvent wait for the device.
//
// # Units
//
// Sizes are gpu.Bytes. A [Ptr] is an address of device memory; like the
// handles it prints as a word. Note that fmt prints unexported fields of other
// structs raw whatever their type says, so owners keep addresses in tables of
// their own.
//
// # Failure
//
// Every method ends in a [Result], which is Success or a code of the driver.
// Any call can return the failure of earlier, asynchronous work. A function
// that this driver lacks answers ErrorNotSupported; [Library.Has] tells
// beforehand. No method panics, whatever the driver answers; a fault inside
// the driver's own code ends the process.
package driver
