package vram

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/cockroachdb/errors"
	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/actors"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// AuditMode says what happens when the audit log cannot be written.
type AuditMode string

// The audit modes.
const (
	AuditFailClosed AuditMode = "fail-closed" // seals and executes are refused
	AuditFailOpen   AuditMode = "fail-open"   // they go on, and the log has a gap
)

// The policies for a mismatch on a resident shard.
const (
	OnIncidentStop       = actors.OnIncidentStop
	OnIncidentQuarantine = actors.OnIncidentQuarantine
)

// Defaults of the options.
const (
	DefaultPatrolInterval           = time.Minute
	DefaultMaxShardSize   gpu.Bytes = 100_000_000_000 // 100 GB (IV-001, RP-003)
	DefaultMaxPending               = 1024
)

// Options say how an engine works. Zero values mean the defaults.
type Options struct {
	// DataDir holds the audit log and the local identity. Required. It is
	// created with mode 0700.
	DataDir string
	// Token is the worker token from which the keys are derived, 16 to 4096
	// bytes. Required. Open zeroes it.
	Token []byte
	// HardwareID, if set, binds the seals to a machine.
	HardwareID string

	// CUDA says how the machine's GPUs are used; nil means the defaults.
	CUDA *cuda.Options
	// GPUs names those to use, by the number or the UUID that "vram-engine
	// devices" shows; they become devices 0, 1, ... in this order. If there is
	// none, all are used, and one that the residency policy refuses is an
	// error.
	GPUs []string
	// Simulated asks for simulated devices instead of GPUs. They are never
	// chosen implicitly.
	Simulated *sim.Options
	// Backend gives devices of another kind instead.
	Backend gpu.Backend

	// PinnedStaging loads through page-locked host memory, which the device
	// reads faster: up to 128 MiB for each device. Where it cannot be had,
	// pageable memory is used as without it, with a warning and a note.
	PinnedStaging bool

	// PatrolInterval is how often every shard is verified; 0 is one minute, a
	// negative value means never.
	PatrolInterval time.Duration
	// MaxShardSize limits a shard's size; 0 is 100 GB.
	MaxShardSize gpu.Bytes
	// OnIncident says what a mismatch does; "" is OnIncidentStop.
	OnIncident actors.IncidentPolicy
	// AuditMode is AuditFailClosed if "".
	AuditMode AuditMode
	// Kernels can be launched by callbacks, by name.
	Kernels []gpu.Kernel
	// MaxPending is how many requests may wait; more are refused with
	// ErrOverloaded. 0 is 1024.
	MaxPending int
	// Logger is silent if nil.
	Logger hclog.Logger
	// OnFatal is told once, on a goroutine of its own, when a device is lost.
	OnFatal func(error)

	// probe lets tests crash actors.
	probe func(unit string, message any)
}

// ensureDefaults fills in what is zero.
func (o *Options) ensureDefaults() {
	if o.PatrolInterval == 0 {
		o.PatrolInterval = DefaultPatrolInterval
	}
	if o.MaxShardSize == 0 {
		o.MaxShardSize = DefaultMaxShardSize
	}
	if o.OnIncident == "" {
		o.OnIncident = OnIncidentStop
	}
	if o.AuditMode == "" {
		o.AuditMode = AuditFailClosed
	}
	if o.MaxPending == 0 {
		o.MaxPending = DefaultMaxPending
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
}

// validate says what is wrong, for an operator.
func (o *Options) validate() error {
	switch {
	case o.DataDir == "":
		return errors.Wrap(ErrInvalidInput, "Options.DataDir is empty: name a directory for the audit log")
	case o.Simulated != nil && o.Backend != nil:
		return errors.Wrap(ErrInvalidInput, "Options.Simulated and Options.Backend are both set: choose one")
	case (o.Simulated != nil || o.Backend != nil) && (o.CUDA != nil || len(o.GPUs) > 0):
		return errors.Wrap(ErrInvalidInput, "Options.CUDA and Options.GPUs are about real GPUs: leave them out with Options.Simulated and Options.Backend")
	case o.OnIncident != OnIncidentStop && o.OnIncident != OnIncidentQuarantine:
		return errors.Wrap(ErrInvalidInput, "Options.OnIncident must be \"stop\" or \"quarantine\"")
	case o.AuditMode != AuditFailClosed && o.AuditMode != AuditFailOpen:
		return errors.Wrap(ErrInvalidInput, "Options.AuditMode must be \"fail-closed\" or \"fail-open\"")
	case o.MaxPending < 0:
		return errors.Wrap(ErrInvalidInput, "Options.MaxPending must not be negative")
	}
	return nil
}

// Format writes no secret, whatever the verb.
func (o Options) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "Options(data dir %q)", o.DataDir) //nolint:errcheck // a Formatter cannot report
}

// LogValue writes no secret.
func (o Options) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(o)) }

// MarshalJSON refuses: options hold a secret.
func (o Options) MarshalJSON() ([]byte, error) {
	return nil, errors.New("vram: Options hold a secret and are not written as JSON")
}

// guard refuses requests that come from inside an Execute callback.
func guard(ctx context.Context, op string) error {
	if actors.IsInsideRun(ctx) {
		return translate(op, "", &actors.Error{Code: actors.ErrInsideRun, Detail: "the device's thread would wait for itself: use the Run instead"})
	}
	return nil
}
