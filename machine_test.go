package vram

import (
	"context"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// machine is what an engine runs on in a test, with the means to do harm to it
// behind the engine's back. A machine has one driver, and devices that are all
// alike; where a method names none, the first one is meant.
type machine interface {
	// name says which driver this is, for whoever reads a test's log.
	name() string
	// granularity of the devices' mappings.
	granularity() gpu.Bytes
	// under puts the devices under an engine that is to be opened.
	under(o *Options)
	// sum is what sumKernel computes of p on these devices.
	sum(p []byte) uint64
	// mapped is what the driver has mapped for the engine's first device, with
	// what that needs for itself.
	mapped(e *Engine) gpu.Bytes

	// calls counts the driver calls so far.
	calls() int
	// fail makes the nth driver call from now fail once.
	fail(nth int, f fault)
	// fired counts the failures since the last clear.
	fired() int
	// clear drops what was scripted.
	clear()
	// flip turns over one bit of a shard whose bytes are p.
	flip(ctx context.Context, e *Engine, id string, p []byte, at gpu.Bytes, bit uint) error
	// lose makes the device disappear.
	lose()
	// deny makes the driver's zeroing of memory do nothing, or fail.
	deny()
	// lie makes the driver say that all memory is managed.
	lie()

	// report has the driver say something of the first device's health.
	report(h health.Report)

	// dirty counts bytes that were given back and are not zero.
	dirty() (gpu.Bytes, error)
	// abandons tells whether memory of a lost device is left to the driver to
	// be wiped.
	abandons() bool
	// left says what of the driver was not given back.
	left() error
	// log is the driver calls so far.
	log() []string
}

// fault is how a driver call fails: the device's code, and the driver's number
// for it.
type fault struct {
	name   string
	code   gpu.Code
	number int
	sticky bool // the device serves no more
}

// The drivers' ways to fail.
var (
	faultUnknown = fault{name: "unknown", code: gpu.ErrUnknown, number: 304}
	faultRefused = fault{name: "refused", code: gpu.ErrNotSupported, number: 801}
	faultInvalid = fault{name: "invalid value", code: gpu.ErrInvalidValue, number: 1}
	faultAbsent  = fault{name: "not found", code: gpu.ErrNotFound, number: 500}
	faultMemory  = fault{name: "out of memory", code: gpu.ErrOutOfMemory, number: 2}
	faultAddress = fault{name: "illegal address", code: gpu.ErrIllegalAddress, number: 700, sticky: true}
	faultECC     = fault{name: "ECC", code: gpu.ErrECC, number: 214, sticky: true}
	faultLost    = fault{name: "lost", code: gpu.ErrLost, number: 709, sticky: true}
)

// shape is what a test wants of its devices; the machines choose what is zero.
type shape struct {
	devices     int
	memory      gpu.Bytes
	granularity gpu.Bytes
	clean       bool // memory that nobody used is zero, where a driver may choose
}

// onEach runs the test on every kind of machine, and prints which.
func onEach(t *testing.T, s shape, fn func(t *testing.T, m machine)) {
	t.Helper()
	for _, kind := range []struct {
		name string
		make func(t *testing.T, s shape) machine
	}{
		{"sim", newSimulated},
		{"cuda-over-fake", func(t *testing.T, s shape) machine { return newFake(t, s) }},
	} {
		t.Run(kind.name, func(t *testing.T) {
			m := kind.make(t, s)
			t.Logf("backend: %s", m.name())
			fn(t, m)
		})
	}
}
