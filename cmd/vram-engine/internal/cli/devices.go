package cli

import (
	"context"
	"strconv"

	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
	"github.com/vram-engine/vram-engine/gpu"
)

func newDevices(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "devices", Short: "List the devices and their memory",
		Long: `List the devices of the running engine, with their memory. Where no engine
runs and none was named, list the GPUs that an engine could use here.`,
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.devices(c.Context()) },
	}
}

func (a *app) devices(ctx context.Context) error {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.ListDevicesRequest) (*v1.ListDevicesResponse, error) {
		return c.ListDevices
	}, &v1.ListDevicesRequest{})
	named := a.socket != "" || a.Getenv(socket.Variable) != ""
	switch {
	case err == nil:
		return a.printDevices(res.GetDevices())
	case named || !errors.Is(err, vram.ErrStopped):
		return err
	}
	// This build has no driver for real GPUs, so without an engine the list
	// is empty.
	if err := render.WarningLine(a.Stderr, "no engine is running, and this machine has no GPU that it could use; vram-engine serve --sim simulates one"); err != nil {
		return err
	}
	return a.printDevices(nil)
}

func (a *app) printDevices(all []*v1.Device) error {
	if a.json {
		return render.JSON(a.Stdout, wire.ToDevices(all))
	}
	return a.deviceTable(all)
}

func (a *app) deviceTable(all []*v1.Device) error {
	rows := make([][]string, 0, len(all))
	for _, d := range all {
		rows = append(rows, []string{
			strconv.FormatUint(uint64(d.GetIndex()), 10), d.GetName(), d.GetUuid(), d.GetKind(), d.GetState(),
			gpu.Bytes(d.GetTotalBytes()).String(), gpu.Bytes(d.GetUsedBytes()).String(),
			gpu.Bytes(d.GetMappedBytes()).String(), gpu.Bytes(d.GetAvailableBytes()).String(),
		})
	}
	return render.Table(a.Stdout, []string{"DEVICE", "NAME", "UUID", "KIND", "STATE", "TOTAL", "USED", "MAPPED", "AVAILABLE"}, rows)
}
