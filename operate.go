package vram

import (
	"context"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/internal/input"
)

// RestartWorker lets a worker that an incident stopped go on, and records who
// said so. Quarantined shards stay quarantined: release and seal them again.
// On a worker that runs it changes nothing.
func (e *Engine) RestartWorker(ctx context.Context, operator string) error {
	if err := e.enter(ctx, "worker restart"); err != nil {
		return err
	}
	_, err := e.sys.RestartWorker(ctx, operator)
	return translate("worker restart", "", err)
}

// UnquarantineDevice takes a quarantined device into use again, on an
// operator's word and after a memory test of all its free memory: no shard may
// be left on it (ErrConflict). ErrConflict too if it is not quarantined;
// ErrQuarantined if the test finds a fault.
func (e *Engine) UnquarantineDevice(ctx context.Context, n int, operator string) error {
	if err := e.enter(ctx, "device unquarantine"); err != nil {
		return err
	}
	err := input.DeviceIndex(n, len(e.sys.Devices()))
	if err == nil {
		err = e.sys.Unquarantine(ctx, n, operator)
	}
	return translate("device unquarantine", "", err)
}

// Note records a finding of the embedder in the audit log, such as a model file
// that others can read.
func (e *Engine) Note(ctx context.Context, finding, details string) error {
	if err := e.enter(ctx, "note"); err != nil {
		return err
	}
	_, err := e.log.Write(ctx, audit.PolicyFinding(finding, details, audit.NoDevice))
	if e.options.AuditMode == AuditFailOpen {
		return nil
	}
	return translate("note", "", err)
}

// FlipBit inverts a bit (0 to 7) of a shard's byte in simulated device memory,
// behind everybody's back, as radiation would. It is refused (ErrPolicyViolation)
// unless Options.Simulated has Faults.
func (e *Engine) FlipBit(ctx context.Context, id string, byteOffset gpu.Bytes, bit uint) error {
	return translate("sim flip", id, e.flipBit(ctx, id, byteOffset, bit))
}

func (e *Engine) flipBit(ctx context.Context, id string, at gpu.Bytes, bit uint) error {
	if err := e.enter(ctx, "sim flip"); err != nil {
		return err
	}
	if e.faults == nil {
		return errors.Wrap(ErrPolicyViolation, "faults can be injected only into a simulated device that was started with --sim-faults")
	}
	for _, err := range []error{input.ShardID(id), input.Bit(bit)} {
		if err != nil {
			return err
		}
	}
	shard, err := e.sys.Shard(id)
	if err != nil {
		return err
	}
	if err := input.ByteOffset(uint64(at), shard.Handle.VRAMBytes); err != nil {
		return err
	}
	control, err := e.faults.Control(shard.Handle.GPUDevice)
	if err != nil {
		return err
	}
	return e.sys.OnDevice(ctx, id, func(s gpu.Span) error {
		offset, ok := s.Offset.Add(at)
		if !ok {
			return &actors.Error{Code: actors.ErrInvalid, Shard: id, Detail: "the offset is beyond the shard"}
		}
		return control.Flip(s.Extent, offset, bit)
	})
}
