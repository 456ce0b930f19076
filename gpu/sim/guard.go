package sim

import "runtime/debug"

// The ways in which guarded code can end.
const (
	ranExit  = iota // it called runtime.Goexit: the goroutine is ending
	ranWell         // it returned
	ranPanic        // it panicked
	ranFault        // it touched memory that it may not
)

// ending says how guarded code ended. It holds no text of a panic, which
// could show contents.
type ending struct {
	how     int
	address uintptr // of a fault
}

// guard runs fn and turns a panic, and a fault at an address, into an ending.
// When fn calls runtime.Goexit, *end says so as the goroutine ends.
func guard(end *ending, fn func()) {
	*end = ending{how: ranExit}
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		cause := recover()
		if cause == nil {
			return
		}
		end.how = ranPanic
		if fault, ok := cause.(interface{ Addr() uintptr }); ok {
			end.how, end.address = ranFault, fault.Addr()
		}
	}()
	fn()
	end.how = ranWell
}
