// Package projecttest holds the tests of the project as a whole. It has no
// code of its own that other packages use.
//
// # What
//
// The tests parse every Go file of the repository and check: that the arrows
// between packages point one way and that each dependency is imported only
// where it belongs; that code outside tests never panics, discards an error
// or asserts a type unchecked; that every package documents itself under the
// same headings and that files stay short; that docs/requirements.md names
// every requirement and that the code and the tests it names exist; that
// docs/dependencies.md has a line for each direct dependency; and that the Go
// code in README.md and docs compiles for somebody who imports this module.
//
// # Not for
//
// What a package does: its own tests say that. What needs type information:
// golangci-lint says that (.golangci.yml).
//
// # Ownership
//
// The tests own nothing but temporary folders.
//
// # Concurrency
//
// The tests only read the repository and may run beside any others.
//
// # Units
//
// File lengths are counted in lines.
//
// # Failure
//
// Each message names the file, what is wrong, and what to do. Every check is
// itself tried on planted examples, so that a check that finds nothing any
// more fails.
package projecttest
