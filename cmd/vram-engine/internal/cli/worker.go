package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
)

func newWorker(a *app) *cobra.Command {
	return group("worker", "Let a stopped worker go on", &cobra.Command{
		Use: "restart", Short: "Let a worker that an incident has stopped take work again",
		Long: `Let a worker that an incident has stopped take work again. Shards whose bytes
did not match stay refused; release them and seal them anew.`,
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := call(c.Context(), a, func(c *client.Client) func(context.Context, *v1.RestartWorkerRequest) (*v1.RestartWorkerResponse, error) {
				return c.RestartWorker
			}, &v1.RestartWorkerRequest{})
			if err != nil {
				return err
			}
			return a.printDone("the worker takes work again")
		},
	})
}

func newDevice(a *app) *cobra.Command {
	return group("device", "Take a quarantined device back", &cobra.Command{
		Use: "unquarantine N", Short: "Test the memory of quarantined device N and take it back",
		Args: count(1, "the index of one device"),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := strconv.ParseUint(args[0], 10, 31)
			if err != nil {
				return failure.Usage("%q is no index of a device; vram-engine devices lists them", args[0])
			}
			_, err = call(c.Context(), a, func(c *client.Client) func(context.Context, *v1.UnquarantineDeviceRequest) (*v1.UnquarantineDeviceResponse, error) {
				return c.UnquarantineDevice
			}, &v1.UnquarantineDeviceRequest{GpuDevice: uint32(n)})
			if err != nil {
				return err
			}
			return a.printDone(fmt.Sprintf("device %d is active again", n))
		},
	})
}

// printDone says that an order was carried out.
func (a *app) printDone(text string) error {
	if a.json {
		return render.JSON(a.Stdout, struct {
			Done bool `json:"done"`
		}{true})
	}
	_, err := fmt.Fprintln(a.Stdout, text)
	return err
}
