package actors

import (
	"math"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// gauge reads what a device counts. The zero gauge counts nothing. It is safe
// for concurrent use once it is set.
type gauge struct {
	counter health.Counter
	device  int
	base    health.Counters // as the engine opened the device
}

// newGauge is that of a device that was just opened.
func newGauge(b gpu.Backend, device int) (g gauge, err error) {
	counter, ok := b.(health.Counter)
	if !ok {
		return gauge{}, nil
	}
	g = gauge{counter: counter, device: device}
	if g.base, err = g.read(); err != nil {
		return gauge{}, err
	}
	return g, nil
}

// read asks the driver. It may take long, but does not panic.
func (g gauge) read() (c health.Counters, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Newf("reading the device's counters crashed with a value of type %T", r)
		}
	}()
	return g.counter.Counters(g.device)
}

// since is what was counted since the engine opened the device.
func (g gauge) since() (audit.Counters, error) {
	now, err := g.read()
	if err != nil {
		return notCounted(), err
	}
	return audit.Counters{
		Corrected:   grown(g.base.Corrected, now.Corrected),
		Uncorrected: grown(g.base.Uncorrected, now.Uncorrected),
		Failures:    grown(g.base.FailuresNoted, now.FailuresNoted),
	}, nil
}

// grown is how far a count has come. One that is lower than it was began anew.
func grown(base, now uint64) int64 {
	if now >= base {
		now -= base
	}
	return int64(min(now, math.MaxInt64))
}

// notCounted is what is told of a device that does not count, or not in time.
func notCounted() audit.Counters {
	return audit.Counters{Corrected: audit.NotCounted, Uncorrected: audit.NotCounted, Failures: audit.NotCounted}
}

// gaugeTime is how long a driver may take to say what was counted: an incident
// is put on record without it rather than late.
const gaugeTime = time.Second

// counted tells once what a device has counted, at once if it counts nothing,
// and otherwise on another goroutine. It never waits.
func (e *env) counted(r *deviceRecord, then func(audit.Counters)) {
	if r.gauge.counter == nil {
		then(notCounted())
		return
	}
	var once sync.Once
	late := time.AfterFunc(gaugeTime, func() { once.Do(func() { then(notCounted()) }) })
	go func() {
		defer late.Stop()
		c, err := r.gauge.since()
		if err != nil {
			e.log.Warn("what a device counts is not known", "gpu_device", r.index, "error", err.Error())
		}
		once.Do(func() { then(c) })
	}()
}
