package gputest

import (
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
)

// Harness is the driver under test, and what can be done behind its back.
// Functions that are nil are not offered.
type Harness struct {
	Backend gpu.Backend
	Index   int
	// PTX is a module with the entries of Kernels, for drivers that run it.
	PTX []byte
	// StaleContents tells that memory which was just freed is handed out
	// next, with its old contents.
	StaleContents bool
	// DriverScrubs tells that a poisoned device cannot scrub what it had
	// mapped: the driver does so. Then Dirty says nothing after that.
	DriverScrubs bool

	// Flip inverts a bit of an extent, whatever its protection.
	Flip func(id gpu.ExtentID, offset gpu.Bytes, bit uint) error
	// Fail makes the nth call from now fail, whichever it is.
	Fail func(nth int, code gpu.Code, sticky bool)
	// Fired counts the failures that Fail has caused so far.
	Fired func() int
	// Mapped is the device memory in use, as the driver counts it. It is asked
	// after Close too.
	Mapped func() gpu.Bytes
	// Dirty counts the bytes that are not zero in memory that was given back.
	// It is asked after Close too.
	Dirty func() (gpu.Bytes, error)

	// Stick makes a bit of an extent always read as one, or as zero, for as
	// long as the harness lives.
	Stick func(id gpu.ExtentID, offset gpu.Bytes, bit uint, one bool) error
	// HostInUse is the page-locked host memory in use, as the driver counts it.
	HostInUse func() gpu.Bytes
	// HostDirty counts the bytes that were not zero in page-locked host memory
	// when it was given back. It is asked after Close too.
	HostDirty func() (gpu.Bytes, error)
}

// Conformance runs every case. open is called once for each, and returns a
// driver that is in its first state, with no script of failures.
func Conformance(t *testing.T, open func(t *testing.T) Harness) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(r *rig)
	}{
		{"Info", infoTells},
		{"Open/NoSuchDevice", openUnknown},
		{"Map/Sizes", mapSizes},
		{"Map/OverCapacity", mapOverCapacity},
		{"Map/Extents", mapExtents},
		{"Map/MemoryIsCounted", mapCounted},
		{"Copy/RoundTrips", copyRoundTrips},
		{"Copy/Bounds", copyBounds},
		{"Copy/ZeroAndNonZero", copyZero},
		{"Protect/ReadsGoOn", protectReads},
		{"Protect/RefusesCopies", protectCopies},
		{"Protect/RefusesStores", protectStores},
		{"Protect/Values", protectValues},
		{"Scrub/StaleContents", scrubStale},
		{"Scrub/Dirty", scrubDirty},
		{"Scrub/Close", scrubClose},
		{"Digest/Sizes", digestSizes},
		{"Digest/Batch", digestBatch},
		{"Digest/Slices", digestSlices},
		{"Digest/KeepAndExpect", digestExpect},
		{"Digest/ExpectRefused", digestExpectRefused},
		{"Digest/Flip", digestFlip},
		{"Digest/Unfinished", digestUnfinished},
		{"Digest/Unmapped", digestUnmapped},
		{"Residency", residencyHolds},
		{"Kernel/Sum", kernelSum},
		{"Kernel/Order", kernelOrder},
		{"Kernel/Register", kernelRegister},
		{"Kernel/BadLaunches", kernelBadLaunches},
		{"Memtest/Clean", memtestClean},
		{"Memtest/Refused", memtestRefused},
		{"Memtest/Protected", memtestProtected},
		{"Memtest/Flip", memtestFlip},
		{"Memtest/Stuck", memtestStuck},
		{"Host/Copies", hostCopies},
		{"Host/Wiped", hostWiped},
		{"Host/Refused", hostRefused},
		{"Use/UnknownExtent", useUnknown},
		{"Use/WrongThread", useWrongThread},
		{"Use/AfterClose", useAfterClose},
		{"Fail/Sticky", failSticky},
		{"Fail/Passing", failPassing},
		{"Fail/EveryPosition", failEveryPosition},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(newRig(t, open(t))) })
	}
}
