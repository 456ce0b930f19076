package clock

import (
	"time"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"
)

// rounds of additions take about 30 microseconds.
const (
	rounds         = 2048
	cyclesPerRound = 64
)

// Thread is the user and system time of the calling thread.
func Thread() (time.Duration, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return 0, errors.Wrap(err, "the thread's processor time")
	}
	return time.Duration(ts.Nano()), nil
}

// Now returns the clock in GHz, or zero where it cannot be measured.
func Now() (float64, error) {
	if !known {
		return 0, nil
	}
	before, err := Thread()
	if err != nil {
		return 0, err
	}
	additions(rounds)
	after, err := Thread()
	if err != nil {
		return 0, err
	}
	return rounds * cyclesPerRound / float64(max(after-before, 1)), nil
}
