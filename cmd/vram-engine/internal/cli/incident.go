package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/wire"
)

func newIncident(a *app) *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "List the incidents, oldest first",
		Args: count(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.listIncidents(c.Context()) },
	}
	show := &cobra.Command{
		Use: "show ID", Short: "Show one incident",
		Args: count(1, "the id of one incident"),
		RunE: func(c *cobra.Command, args []string) error { return a.showIncident(c.Context(), args[0]) },
	}
	return group("incident", "See what went wrong", list, show)
}

func (a *app) listIncidents(ctx context.Context) error {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.ListIncidentsRequest) (*v1.ListIncidentsResponse, error) {
		return c.ListIncidents
	}, &v1.ListIncidentsRequest{})
	if err != nil {
		return err
	}
	if a.json {
		return render.JSON(a.Stdout, wire.ToIncidents(res.GetIncidents()))
	}
	rows := make([][]string, 0, len(res.GetIncidents()))
	for _, i := range res.GetIncidents() {
		rows = append(rows, []string{i.GetId(), timeOf(i.GetTime()), i.GetShardId(), index(int64(i.GetGpuDevice())), i.GetReason(), index(i.GetFirstBadBlock())})
	}
	return render.Table(a.Stdout, []string{"INCIDENT", "TIME", "SHARD", "DEVICE", "REASON", "FIRST BAD BLOCK"}, rows)
}

func (a *app) showIncident(ctx context.Context, id string) error {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.GetIncidentRequest) (*v1.GetIncidentResponse, error) {
		return c.GetIncident
	}, &v1.GetIncidentRequest{Id: id})
	if err != nil {
		return err
	}
	i := res.GetIncident()
	if a.json {
		return render.JSON(a.Stdout, wire.ToIncident(i))
	}
	return render.Fields(a.Stdout, [][2]string{
		{"incident", i.GetId()},
		{"time", timeOf(i.GetTime())},
		{"shard id", i.GetShardId()},
		{"device", index(int64(i.GetGpuDevice()))},
		{"reason", i.GetReason()},
		{"first bad block", index(i.GetFirstBadBlock())},
		{"action", i.GetAction()},
	})
}

// index writes a number that is negative when there is none.
func index(n int64) string {
	if n < 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
