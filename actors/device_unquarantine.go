package actors

import (
	"context"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
)

// Unquarantine takes a quarantined device into use again, after a memory test
// of all its free memory, on an operator's word. ErrConflict while shards are
// on it or if it is not quarantined, ErrQuarantined if the test fails, or if the
// driver reports a failure meanwhile.
func (s *System) Unquarantine(ctx context.Context, device int, operator string) error {
	if device < 0 || device >= len(s.env.devices) {
		return fail(ErrNotFound, "", "there is no device %d", device)
	}
	rec := s.env.devices[device]
	if state := rec.current(); state != DeviceQuarantined {
		return fail(ErrConflict, "", "device %d is %s, not quarantined", device, state)
	}
	if on := s.env.shards.list(func(x *shard) bool { return x.device == rec }); len(on) > 0 {
		return fail(ErrConflict, on[0].spec.ID, "%d shards are still on device %d: release them first", len(on), device)
	}
	c, err := s.env.calls.open(ctx, rec.unit, opControl)
	if err != nil {
		return err
	}
	alarms := rec.chart.alarms()
	rec.submit(&memtestWork{call: c})
	tested, err := await[gpu.Bytes](c)
	alarmed := func() error {
		if rec.chart.alarms() == alarms {
			return nil
		}
		return fail(ErrQuarantined, "", "device %d: its driver reported a failure meanwhile; see DeviceHealth in the audit log", device)
	}
	if err == nil {
		err = alarmed()
	}
	result := audit.ResultSuccess
	if err != nil {
		result = audit.ResultFailure
	}
	c = s.env.calls.inner(ctx, "auditor", opControl)
	s.env.write(audit.OperatorAction(operator, "device unquarantine", rec.info.UUID, result), func(err error) { c.answer(struct{}{}, err) })
	if _, werr := await[struct{}](c); werr != nil && err == nil {
		err = wrap(ErrAuditFailed, "", werr)
	}
	if err != nil {
		return err
	}
	s.env.log.Info("device passed its memory test", "gpu_device", device, "tested_bytes", uint64(tested))
	s.env.changeDevice(rec, DeviceActive, "an operator's word and a clean memory test")
	if err := alarmed(); err != nil { // by a report that found it quarantined still
		s.env.changeDevice(rec, DeviceQuarantined, "its driver reported a failure during the memory test")
		return err
	}
	return nil
}
