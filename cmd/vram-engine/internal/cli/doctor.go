package cli

import (
	"context"

	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/daemon"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

func newDoctor(a *app) *cobra.Command {
	var f gpuFlags
	var dataDir string
	c := &cobra.Command{
		Use: "doctor", Short: "Find out what keeps an engine from using the GPUs of this machine",
		Long: `Look at everything that an engine on the GPUs of this machine depends on, and
say of each what is wrong and what to do. Every GPU is opened for a moment, and
the digest kernels are tried on it. No engine needs to run; one that does may
hold GPUs. The flags are those of "serve". The exit status is 4 if an engine
with these flags would not start, or would not be safe.`,
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.check(false); err != nil {
				return err
			}
			return a.doctor(c.Context(), f, dataDir)
		},
	}
	c.Flags().StringVar(&dataDir, "data-dir", "", "the directory that \"serve\" would get (default: the same)")
	f.add(c)
	return c
}

// The results of a check.
const (
	fine    = "ok"
	note    = "note" // to be known
	problem = "problem"
)

// check is one thing that was looked at.
type check struct {
	Name   string `json:"check"`
	Result string `json:"result"` // ok, note or problem
	Text   string `json:"finding"`
}

// checkup is everything that was looked at.
type checkup struct {
	OK      bool        `json:"ok"`
	Checks  []check     `json:"checks"`
	Devices []candidate `json:"devices"`
}

func (k *checkup) say(name, result, text string) {
	k.Checks = append(k.Checks, check{name, result, text})
	k.OK = k.OK && result != problem
}

func (a *app) doctor(ctx context.Context, f gpuFlags, dataDir string) error {
	d, err := cuda.Diagnose(ctx, f.options(), cuda.Try)
	if err != nil {
		return err
	}
	if dataDir == "" {
		if dataDir, err = daemon.DataDir(a.Getenv, a.UID); err != nil {
			return err
		}
	}
	k := checkup{OK: true, Devices: []candidate{}}
	if err := k.program(); err != nil {
		return err
	}
	k.driver(d)
	k.policy(f)
	k.devices(d, f)
	k.process(a.UID, f, d.Usable() > 0)
	k.dataDir(dataDir, a.UID)
	if err := a.printCheckup(k); err != nil || k.OK {
		return err
	}
	return failure.New(vram.ErrPolicyViolation, "an engine on the GPUs of this machine would not start, or would not be safe: see the problems above")
}

func (a *app) printCheckup(k checkup) error {
	if a.json {
		return render.JSON(a.Stdout, k)
	}
	rows := make([][]string, 0, len(k.Checks))
	for _, c := range k.Checks {
		rows = append(rows, []string{c.Name, c.Result, c.Text})
	}
	return render.Table(a.Stdout, []string{"CHECK", "RESULT", "FINDING"}, rows)
}
