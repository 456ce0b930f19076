//go:build goexperiment.runtimesecret

package seal

import "runtime/secret"

// erasing runs f, which handles keys, and erases the registers, stack and heap
// that f used.
func erasing(f func()) { secret.Do(f) }
