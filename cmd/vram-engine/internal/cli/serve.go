package cli

import (
	"time"

	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/daemon"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/logging"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	sim, faults, private              bool
	devices                           int
	memory, maxShard                  sizeFlag
	gpus                              gpuFlags
	dataDir, tokenFile                string
	files                             []string
	patrol                            time.Duration
	onIncident, onDeviceLoss, auditBy string
	staging                           string
}

func newServe(a *app) *cobra.Command {
	f := serveFlags{memory: sizeFlag(4 * gpu.GiB), maxShard: sizeFlag(100e9)}
	c := &cobra.Command{
		Use: "serve", Short: "Run the engine and answer on a Unix socket",
		Long: `Run the engine on the machine's GPUs, or with --sim on simulated ones, until
Ctrl-C or SIGTERM. It then stops taking work, finishes or cancels what runs,
scrubs the device memory and closes its audit log. A second Ctrl-C ends it at
once.`,
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			o, err := a.daemonOptions(c, f)
			if err != nil {
				return err
			}
			return daemon.Run(c.Context(), o)
		},
	}
	n := c.Flags()
	n.BoolVar(&f.sim, "sim", false, "simulate the devices in host memory")
	n.IntVar(&f.devices, "sim-devices", 1, "how many devices to simulate")
	n.Var(&f.memory, "sim-memory", "the memory of each simulated device")
	n.BoolVar(&f.faults, "sim-faults", false, "allow \"sim flip\" on the simulated devices")
	n.StringVar(&f.dataDir, "data-dir", "", "where the audit log and the keys are (default $XDG_STATE_HOME/vram-engine; /var/lib/vram-engine for root)")
	n.StringVar(&f.tokenFile, "token-file", "", "the worker token (default: \"token\" in the data directory, made on the first start)")
	n.StringArrayVar(&f.files, "seal", nil, "a model file to seal at the start; may be given again")
	n.DurationVar(&f.patrol, "patrol-interval", time.Minute, "how often every shard is verified")
	n.Var(&f.maxShard, "max-shard-size", "the largest shard that is accepted")
	n.StringVar(&f.onIncident, "on-incident", "stop", "after a mismatch: stop the worker, or quarantine the device (stop|quarantine)")
	n.StringVar(&f.onDeviceLoss, "on-device-loss", "exit", "when a device is lost: exit with status 8, or reopen the engine (exit|reopen)")
	n.StringVar(&f.auditBy, "audit-mode", "fail-closed", "while the audit log cannot be written: refuse work, or go on (fail-closed|fail-open)")
	n.BoolVar(&f.private, "require-private-models", false, "refuse model files that other users can read")
	n.StringVar(&f.staging, "staging", "pageable", "the host memory that shards pass through: pageable, or page-locked, which is faster (pageable|pinned)")
	f.gpus.add(c)
	return c
}

func (a *app) daemonOptions(c *cobra.Command, f serveFlags) (daemon.Options, error) {
	o := daemon.Options{
		DataDir: f.dataDir, TokenFile: f.tokenFile, Files: f.files, PatrolInterval: f.patrol,
		MaxShardSize: gpu.Bytes(f.maxShard), PrivateModels: f.private,
		CUDA: f.gpus.options(), GPUs: f.gpus.names, AllowRoot: f.gpus.allowRoot,
		UID: a.UID, JSON: a.json, Stdout: a.Stdout, Screen: render.NewScreen(a.Stderr),
	}
	var err error
	if o.Logger, err = logging.New(o.Screen, a.logLevel, a.logJSON); err != nil {
		return o, err
	}
	if f.tokenFile == "" && c.Flags().Changed("token-file") {
		return o, failure.Usage("--token-file is empty; name a file, or leave the flag out for the one in the data directory")
	}
	if o.Socket, err = socket.Path(a.socket, a.Getenv, a.UID); err != nil {
		return o, err
	}
	if o.DataDir == "" {
		if o.DataDir, err = daemon.DataDir(a.Getenv, a.UID); err != nil {
			return o, err
		}
	}
	if o.Simulated, err = f.simulated(c); err != nil {
		return o, err
	}
	if err := f.gpus.check(f.sim); err != nil {
		return o, err
	}
	if f.patrol <= 0 {
		return o, failure.Usage("--patrol-interval is %s; it must be more than nothing", f.patrol)
	}
	if f.maxShard == 0 {
		return o, failure.Usage("--max-shard-size is 0; name a size such as 100G")
	}
	return o, f.policies(&o)
}

// simulated are the options of the simulated devices, or nil for real ones.
func (f serveFlags) simulated(c *cobra.Command) (*sim.Options, error) {
	if !f.sim {
		for _, name := range []string{"sim-devices", "sim-memory", "sim-faults"} {
			if c.Flags().Changed(name) {
				return nil, failure.Usage("--%s only works together with --sim", name)
			}
		}
		return nil, nil
	}
	if f.devices < 1 || f.memory == 0 {
		return nil, failure.Usage("--sim-devices and --sim-memory must be more than nothing")
	}
	// "8G" is no whole number of granules; what is left over is not missed.
	memory := gpu.Bytes(f.memory)
	if rest := memory % sim.DefaultGranularity; memory > sim.DefaultGranularity {
		memory = memory.SubSat(rest)
	}
	return &sim.Options{Devices: f.devices, Memory: memory, Faults: f.faults}, nil
}

// policies reads the flags that name one of a few words.
func (f serveFlags) policies(o *daemon.Options) error {
	switch f.onIncident {
	case string(vram.OnIncidentStop), string(vram.OnIncidentQuarantine):
		o.OnIncident = f.onIncident
	default:
		return failure.Usage("--on-incident is %q; use stop or quarantine", f.onIncident)
	}
	switch l := daemon.Loss(f.onDeviceLoss); l {
	case daemon.LossExit, daemon.LossReopen:
		o.OnDeviceLoss = l
	default:
		return failure.Usage("--on-device-loss is %q; use exit or reopen", f.onDeviceLoss)
	}
	switch f.staging {
	case "pageable", "pinned":
		o.PinnedStaging = f.staging == "pinned"
	default:
		return failure.Usage("--staging is %q; use pageable or pinned", f.staging)
	}
	switch m := vram.AuditMode(f.auditBy); m {
	case vram.AuditFailClosed, vram.AuditFailOpen:
		o.AuditMode = m
	default:
		return failure.Usage("--audit-mode is %q; use fail-closed or fail-open", f.auditBy)
	}
	return nil
}
