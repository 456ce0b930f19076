package pin

import (
	"runtime"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// None stands for no processor: nothing is pinned.
const None = -1

// most is how many processors a set of this package holds.
const most = 1024

// Allowed returns the processors that the calling thread may use.
func Allowed() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, errors.Wrap(err, "the processors that may be used")
	}
	var all []int
	for cpu := range most {
		if set.IsSet(cpu) {
			all = append(all, cpu)
		}
	}
	return all, nil
}

// Choose returns the last of the allowed processors, because the first one
// serves most interrupts, or None if this process cannot pin a thread.
func Choose() int {
	all, err := Allowed()
	if err != nil || len(all) == 0 {
		return None
	}
	cpu := all[len(all)-1]
	if On(cpu, func() error { return nil }) != nil {
		return None
	}
	return cpu
}

// On calls fn on a thread that runs on the processor only, and undoes that.
func On(cpu int, fn func() error) (err error) {
	if cpu == None {
		return fn()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return errors.Wrap(err, "the processors that may be used")
	}
	only.Set(cpu)
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return errors.Wrapf(err, "pinning to processor %d", cpu)
	}
	defer func() { err = errors.Join(err, unix.SchedSetaffinity(0, &before)) }()
	return fn()
}
