package daemon

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/modelfile"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/server"
	"github.com/vram-engine/vram-engine/internal/input"
)

// sealFiles seals the files that were named at the start.
func (d *daemon) sealFiles(ctx context.Context, engine *vram.Engine) error {
	for _, name := range d.Files {
		if err := d.sealFile(ctx, engine, name); err != nil {
			return err
		}
	}
	return nil
}

func (d *daemon) sealFile(ctx context.Context, engine *vram.Engine, name string) (err error) {
	f, _, err := modelfile.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	id := input.ShardIDFromFileName(filepath.Base(name))
	findings, err := server.Inspect(ctx, engine, f, id, d.PrivateModels)
	if err != nil {
		return err
	}
	for _, finding := range findings {
		d.Logger.Warn(finding, "file", name)
	}
	p := d.Screen.Progress("sealing " + id)
	defer p.Done()
	_, err = engine.Seal(ctx, vram.SealRequest{
		ID: id, Device: vram.AnyDevice, File: f, TotalShards: 1, Progress: p.Report,
	})
	return err
}

// ready says once, on standard output, where the engine listens and how to
// stop it.
func (d *daemon) ready(engine *vram.Engine) error {
	if d.said {
		return nil
	}
	d.said = true
	devices, shards := len(engine.Devices()), len(engine.Shards())
	if d.JSON {
		return render.JSONLine(d.Stdout, struct {
			Socket  string `json:"socket"`
			PID     int    `json:"pid"`
			Devices int    `json:"devices"`
			Shards  int    `json:"shards"`
		}{d.Socket, os.Getpid(), devices, shards})
	}
	kind := "GPUs"
	if d.Simulated != nil {
		kind = "simulated devices"
	}
	_, err := fmt.Fprintf(d.Stdout, "vram-engine is ready on %s (%s: %d, shards sealed: %d); stop it with Ctrl-C or: kill %d\n",
		d.Socket, kind, devices, shards, os.Getpid())
	return err
}
