// Package gputest is the conformance suite of gpu.Device: what every driver
// must do, whatever its hardware.
//
// # What
//
// [Conformance] runs all cases on devices that a [Harness] offers, and prints
// which backend it ran on. A case that needs an ability that the harness does
// not have says "not offered" and passes: the output shows what was proven.
// [Kernels] are the kernels that the suite launches.
//
// # Not for
//
// Production code, and what only one driver does.
//
// # Ownership
//
// Each case opens a device of its own and closes it. Nothing else may use the
// device at the same time.
//
// # Concurrency
//
// Cases run one after the other, each on a locked OS thread of its own.
//
// # Units
//
// Sizes are gpu.Bytes. A case maps at most a few granules, or a few MiB. The
// device's granularity must be at least 64 KiB.
//
// # Failure
//
// A case fails its test. It never waits for a time limit of its own.
package gputest
