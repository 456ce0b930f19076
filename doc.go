// Package vram keeps model weights in GPU memory trustworthy. An inference
// server embeds it: it loads shards into device memory, seals them, digests
// them again on the device before each use and on a patrol, proves that they
// are in device memory and nowhere else, and records all of it in a
// tamper-evident log.
//
// # What
//
// [Open] starts an [Engine] over the devices of a driver. [Engine.Seal] loads a
// shard and returns its [Handle]. [Engine.Execute] verifies shards and runs a
// callback that launches kernels on them. [Engine.Verify] checks on demand,
// the patrol checks on its own. [Engine.Release] scrubs. [Engine.Close] ends
// it all and leaves nothing behind.
//
// # Not for
//
// Running models: kernels are the embedder's. Protecting against a driver or a
// host that lies: see SECURITY.md for what is and is not promised.
//
// # Ownership
//
// The engine owns device memory. Callers hold handles, which carry no address,
// and views, which are valid during one callback. Options.Token is zeroed by
// Open. An *os.File or io.Reader that is passed in stays the caller's.
//
// # Concurrency
//
// All methods of Engine may be called by any number of goroutines. None may be
// called from inside an Execute callback with its context.
//
// # Units
//
// Sizes are [gpu.Bytes]; a digest is the fs-verity SHA-256 file digest (package
// seal/verity), written as 64 hexadecimal digits.
//
// # Failure
//
// Errors satisfy errors.Is for the sentinels of this package, and carry an
// [*Error] with the operation and whether a retry can help. [ExitStatus] gives
// the exit status of the command line for each. No error shows an address, a
// key or a byte of a model. The engine never panics and never ends the
// process; a device that is lost is told to Options.OnFatal.
package vram
