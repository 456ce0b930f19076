package actors

import (
	"fmt"
	"time"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/health"
)

// onReported deals with the reports that wait. Where ever more of them come,
// the device's work goes on in between.
func (d *device) onReported() {
	for range chartRoom {
		h, ok := d.rec.chart.next()
		if !ok {
			d.env.recordMissed(d.rec, d.rec.chart.owed(time.Now(), func() { d.rec.tell(deviceReported{}) }))
			return
		}
		d.heed(h)
		d.rec.chart.settled()
	}
	d.rec.tell(deviceReported{})
}

// heed records a report and does what it asks for, each time it is asked.
// For a device that is out of use there is nothing left to do, but that it may
// be lost as well.
func (d *device) heed(h health.Report) {
	state := d.rec.current()
	serves := state != DeviceQuarantined && state != DeviceLost
	worse := h.Action == health.Lost && state != DeviceLost || h.Action == health.Quarantine && serves
	d.env.recordReport(d.rec, h, worse)
	reason := fmt.Sprintf("the driver reported (%s %d): %s", h.Source, h.Code, h.Detail)
	switch {
	case worse && h.Action == health.Lost:
		d.change(DeviceLost, reason)
		d.lose(&gpu.Error{Op: "watch", Device: d.rec.index, Code: gpu.ErrLost, Sticky: true, Detail: reason})
	case worse:
		d.quarantine(reason)
	case h.Action == health.Recheck && serves:
		d.env.redigest(d.rec)
	}
}

// recordReport puts a report on record. Of a storm it does so with as many as
// fit, and with those that must be there.
func (e *env) recordReport(r *deviceRecord, h health.Report, must bool) {
	missed, ok := r.chart.admit(time.Now(), must)
	if !ok {
		return
	}
	e.emit(audit.DeviceHealth(severityOf(h.Action), audit.HealthReport{Device: r.index, GPUUUID: r.info.UUID,
		Source: h.Source, Code: h.Code, Action: h.Action.String(), Detail: h.Detail, Unrecorded: missed}))
}

// recordMissed puts on record how many reports were left out.
func (e *env) recordMissed(r *deviceRecord, n uint64) {
	if n == 0 {
		return
	}
	e.emit(audit.DeviceHealth(audit.SeverityWarning, audit.HealthReport{Device: r.index, GPUUUID: r.info.UUID,
		Source: sourceEngine, Action: health.Note.String(), Detail: "more reports came than are recorded", Unrecorded: n}))
}

// sourceEngine is the source of what the engine itself says of health.
const sourceEngine = "engine"

func severityOf(a health.Action) audit.Severity {
	switch a {
	case health.Note:
		return audit.SeverityInfo
	case health.Recheck:
		return audit.SeverityWarning
	case health.Quarantine, health.Lost:
	}
	return audit.SeverityCritical
}

// closeChart records what waits still when the device's actor has ended.
func (e *env) closeChart(r *deviceRecord) {
	left, missed := r.chart.close()
	for _, h := range left {
		e.recordReport(r, h, h.Action >= health.Quarantine)
	}
	_, more := r.chart.close() // what had no room just now
	e.recordMissed(r, missed+more)
}
