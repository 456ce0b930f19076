package actors

import (
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal"
)

// Config says what a System works with. Keys and Audit stay the caller's, who
// closes them after the System.
type Config struct {
	Backend gpu.Backend
	Keys    *seal.Keyring
	Audit   *audit.Log
	Log     hclog.Logger
	Kernels []gpu.Kernel

	PatrolInterval time.Duration // 0 or less: no patrol
	OnIncident     IncidentPolicy
	AuditFailOpen  bool
	MaxPending     int         // requests that may wait; at least 1
	OnFatal        func(error) // told once when a device is lost; may be nil

	// Probe, if set, is called on the actor's goroutine before each message,
	// with the actor's name. Tests crash actors with it.
	Probe func(unit string, message any)
}
