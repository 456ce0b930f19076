package daemon

import (
	"io"
	"time"

	"github.com/hashicorp/go-hclog"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// Loss is what the daemon does when a device is lost.
type Loss string

// What can be done when a device is lost.
const (
	// LossExit ends the daemon, so that its service manager starts it anew.
	LossExit Loss = "exit"
	// LossReopen opens the engine anew in the same process.
	LossReopen Loss = "reopen"
)

// Options say what Run runs. They hold no secret: the token is in a file.
type Options struct {
	DataDir        string       // created with mode 0700
	Socket         string       // the path of the socket for calls
	TokenFile      string       // empty: the file "token" in DataDir, created if need be
	Simulated      *sim.Options // nil: real devices
	CUDA           cuda.Options // how real devices are used
	GPUs           []string     // which; empty: all
	PinnedStaging  bool         // load through page-locked memory
	Files          []string     // sealed before the daemon is ready
	PatrolInterval time.Duration
	MaxShardSize   gpu.Bytes
	OnIncident     string // one of the policies of package vram
	OnDeviceLoss   Loss
	AuditMode      vram.AuditMode
	PrivateModels  bool // refuse model files that others can read
	AllowRoot      bool
	UID            int
	JSON           bool // the ready line is JSON
	Stdout         io.Writer
	Screen         *render.Screen // where the progress of the first seals is drawn, and the log is
	Logger         hclog.Logger
}
