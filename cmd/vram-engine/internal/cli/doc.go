// Package cli holds the commands of vram-engine, one file each.
//
// # What
//
// [Main] runs one command line in an [Env] and returns the exit status.
//
// # Not for
//
// Anything that outlives a command line.
//
// # Ownership
//
// Main keeps nothing of its Env when it returns.
//
// # Concurrency
//
// Main handles SIGINT and SIGTERM for the process: the first ends the command
// in an orderly way, the second ends the process at once.
//
// # Units
//
// Sizes are gpu.Bytes, times are time.Duration.
//
// # Failure
//
// Every error becomes one line on Env.Stderr and an exit status.
package cli
