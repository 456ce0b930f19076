package cuda

import (
	"time"

	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// A wait asks the driver again and again. At first it does so without a
// pause, because most work is short; then it sleeps in between, so that long
// work costs no processor.
const (
	eagerQueries = 100
	nap          = 50 * time.Microsecond
	longNap      = time.Millisecond
	longAfter    = 10 * time.Millisecond
)

// wait returns when everything that is queued in the lane is complete. Work
// that is expected to take long is slept through for the larger part.
func (d *device) wait(op string, l *lane, expected time.Duration) error {
	if !l.pending {
		return nil
	}
	var slept time.Duration
	for i := 0; ; i++ {
		done, err := d.query(op, l)
		if done || err != nil {
			return err
		}
		switch {
		case i == 0 && expected > 4*nap:
			slept += pause(expected - 2*nap)
		case i < eagerQueries:
		case slept > longAfter:
			slept += pause(longNap)
		default:
			slept += pause(nap)
		}
	}
}

func pause(d time.Duration) time.Duration {
	time.Sleep(d)
	return d
}

// query asks whether the lane's work is complete. It does not wait.
func (d *device) query(op string, l *lane) (bool, error) {
	if !l.pending {
		return true, nil
	}
	r := d.lib.QueryStream(l.stream)
	if r == driver.ErrorNotReady {
		return false, nil
	}
	if err := d.check(op, "cuStreamQuery", r); err != nil {
		return false, err
	}
	l.done()
	return true, nil
}

// Idle asks for up to d whether everything launched has completed. See
// gpu.Device.
func (d *device) Idle(limit time.Duration) (bool, error) {
	if err := d.begin("idle"); err != nil {
		return false, err
	}
	start := time.Now()
	for i := 0; ; i++ {
		idle := true
		for _, l := range d.lanes.all() {
			done, err := d.query("idle", l)
			if err != nil {
				return false, err
			}
			idle = idle && done
		}
		left := limit - time.Since(start)
		if idle || left <= 0 {
			return idle, nil
		}
		if i >= eagerQueries {
			time.Sleep(min(left, nap))
		}
	}
}
