package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
)

func newRelease(a *app) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "release ID... | --all", Short: "Scrub shards, prove it, and give their memory back",
		ValidArgsFunction: a.shardIDs,
		RunE: func(c *cobra.Command, ids []string) error {
			if all == (len(ids) > 0) {
				return failure.Usage("name the shards to release, or use --all, and only one of them")
			}
			return a.release(c.Context(), &v1.ReleaseRequest{ShardIds: ids, All: all})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "release every shard")
	return c
}

func (a *app) release(ctx context.Context, r *v1.ReleaseRequest) error {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.ReleaseRequest) (*v1.ReleaseResponse, error) {
		return c.Release
	}, r)
	if err != nil {
		return err
	}
	if a.json {
		return render.JSON(a.Stdout, struct {
			Released uint32 `json:"released"`
		}{res.GetReleased()})
	}
	_, err = fmt.Fprintf(a.Stdout, "released %s\n", plural(uint64(res.GetReleased()), "shard"))
	return err
}

// plural writes a number of things.
func plural(n uint64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
