package gpu

// HostMemory is implemented by devices that have host memory from which
// copies are faster: page-locked memory that the device reads itself.
type HostMemory interface {
	// AllocHost returns zeroed page-locked memory. It is called on the
	// device's thread; the memory may be used on any goroutine until
	// FreeHost, which wipes it, or the device's Close.
	AllocHost(size Bytes) ([]byte, error)
	// FreeHost gives memory of AllocHost back, after it was wiped.
	FreeHost(memory []byte) error
}

// MemoryTester is implemented by devices that test memory with a kernel.
type MemoryTester interface {
	// TestMemory writes two complementary patterns made from the seed to the
	// span, checks each, and leaves zeroes. It returns the number of 8-byte
	// words that did not hold what was written. The span's offset and size
	// are multiples of 8.
	TestMemory(at Span, seed uint64) (wrong uint64, err error)
}
