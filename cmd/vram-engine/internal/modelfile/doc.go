// Package modelfile opens model files and says whether they can be sealed.
//
// # What
//
// [Open] opens a path of the caller's own without ever hanging on it; [Check]
// looks at an open file, and [CheckPassed] at one that came from elsewhere.
//
// # Not for
//
// Reading the file: the engine does.
//
// # Ownership
//
// The caller of Open owns the file. The checks keep nothing.
//
// # Concurrency
//
// Everything is safe for concurrent use.
//
// # Units
//
// Sizes are gpu.Bytes.
//
// # Failure
//
// ErrInvalidInput, with a line that says what is wrong with the file.
package modelfile
