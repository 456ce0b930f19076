package dynlib

import "unsafe"

// maxText bounds what is read of a text in C's memory.
const maxText = 4096

// Text copies a text that ends in a zero byte from C's memory; at most 4096
// bytes. It is empty for a nil pointer. The copy is Go's own.
func Text(p unsafe.Pointer) string {
	if p == nil {
		return ""
	}
	n := 0
	for n < maxText && *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
