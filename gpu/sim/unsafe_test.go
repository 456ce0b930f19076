package sim_test

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// unreadable is memory that faults.
func unreadable(t *testing.T, n int) []byte {
	t.Helper()
	p, err := unix.Mmap(-1, 0, n, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	ok(t, err)
	t.Cleanup(func() { ok(t, unix.Munmap(p)) })
	return p
}

// beyond is the byte n bytes behind the start of p, whatever p's length.
func beyond(p []byte, n int) *byte {
	return (*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(p)), n))
}
