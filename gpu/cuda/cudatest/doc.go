// Package cudatest gives tests a CUDA driver on machines that have no GPU: it
// compiles the fake driver of gpu/cuda/testdata/fakecuda, and rules it.
//
// # What
//
// [Start] builds the libraries libcuda.so.1 and libnvidia-ml.so.1, loads them
// into the test's process, and gives them the devices that a [Config] asks
// for. The [Control] that it returns scripts faults, delays and lies, flips
// bits of device memory, raises Xid events, and looks at what a program left
// behind. [Build] alone gives the [Paths] of the libraries, for programs that
// are run with [Paths.Environment]; [Dial] rules the fake in such a program.
//
// The fake behaves as badly as a driver may. Memory that nobody used is full
// of garbage, and memory that was given back comes again with its old
// contents. Queued work runs only when somebody asks for it, so that an error
// appears at a later call, and who forgets to wait reads old bytes. A kernel
// that leaves its memory, or writes to memory that is mapped for reading, makes
// the context fail with 700 until it is destroyed. NVML counts the devices in
// the other order.
//
// # Not for
//
// Proving anything about a GPU: that the fake and a program agree shows only
// that both read the documentation in the same way. Only tests import this
// package. A kernel that is given the address of the host's memory reads it,
// as on a device with HMM: the fake does not catch that.
//
// # Ownership
//
// The libraries stay loaded until the process ends. They are kept by the hash
// of their sources and of the compiler in the user's cache folder, so that
// they are compiled once for all packages. What a test made of the fake is
// dropped when the test ends.
//
// # Concurrency
//
// There is one fake in a process. [Start] waits until the test before has
// ended; two tests that call it never run at the same time. The methods of a
// [Control] may be called from any goroutine, also while calls of the driver
// wait, or hang.
//
// # Units
//
// Sizes and offsets are gpu.Bytes. Result codes are the numbers of the
// driver's interface. Calls are counted from one.
//
// # Failure
//
// Without a C compiler [Start] skips the test, and fails it where the variable
// CI is set. Methods of a [Control] report what goes wrong as an error of the
// test, and return zero values then.
package cudatest
