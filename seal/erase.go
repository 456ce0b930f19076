//go:build !goexperiment.runtimesecret

package seal

// erasing runs f, which handles keys. In a build with
// GOEXPERIMENT=runtimesecret the registers, stack and heap that f used are
// erased afterwards; in other builds, such as this one, copies that the hash
// functions make stay on the heap until it is used again.
func erasing(f func()) { f() }
