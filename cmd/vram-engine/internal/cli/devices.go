package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
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
runs and none was named, list the GPUs of this machine, whether an engine could
use each of them, and what to do if not; each is asked for a moment.`,
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
	return a.candidates(ctx)
}

func (a *app) printDevices(all []*v1.Device) error {
	if a.json {
		return render.JSON(a.Stdout, wire.ToDevices(all))
	}
	if err := a.deviceTable(all); err != nil {
		return err
	}
	return a.notes(all)
}

// notes are the findings on devices, each once, with the devices it is about.
func (a *app) notes(all []*v1.Device) error {
	about := map[string][]string{}
	var texts []string
	for _, d := range all {
		for _, text := range d.GetNotes() {
			if about[text] == nil {
				texts = append(texts, text)
			}
			about[text] = append(about[text], strconv.FormatUint(uint64(d.GetIndex()), 10))
		}
	}
	for _, text := range texts {
		which := "device "
		if len(about[text]) > 1 {
			which = "devices "
		}
		if _, err := fmt.Fprintf(a.Stdout, "%s: %s\n", which+strings.Join(about[text], ", "), clean.Line(text)); err != nil {
			return err
		}
	}
	return nil
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
