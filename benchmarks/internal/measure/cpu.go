package measure

import (
	"syscall"
	"time"

	"github.com/cockroachdb/errors"
)

// ProcessCPU is the user and system time of this process so far.
func ProcessCPU() (time.Duration, error) { return usage(syscall.RUSAGE_SELF) }

// ChildrenCPU is the user and system time of the child processes that ended.
func ChildrenCPU() (time.Duration, error) { return usage(syscall.RUSAGE_CHILDREN) }

func usage(who int) (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0, errors.Wrap(err, "CPU time")
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
