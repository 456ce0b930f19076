package cli

import (
	"context"

	"github.com/spf13/cobra"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
)

func newStatus(a *app) *cobra.Command {
	var watch bool
	c := &cobra.Command{
		Use: "status", Short: "Show the state of the engine",
		Long: `Show the state of the engine. With --watch, show it again whenever something
happens, until Ctrl-C: redrawn on a terminal, else one line for each event.`,
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if watch {
				return a.watch(c.Context())
			}
			s, err := a.status(c.Context())
			if err != nil {
				return err
			}
			if a.json {
				return render.JSON(a.Stdout, wire.ToStatus(s))
			}
			return a.printStatus(s)
		},
	}
	c.Flags().BoolVar(&watch, "watch", false, "go on showing it")
	return c
}

func (a *app) status(ctx context.Context) (*v1.Status, error) {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.GetStatusRequest) (*v1.GetStatusResponse, error) {
		return c.GetStatus
	}, &v1.GetStatusRequest{})
	return res.GetStatus(), err
}
