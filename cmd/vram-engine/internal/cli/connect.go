package cli

import (
	"context"

	"github.com/spf13/cobra"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
)

// call makes one call of the daemon, which method picks, in a connection of
// its own.
func call[Q, A any](ctx context.Context, a *app, method func(*client.Client) func(context.Context, *Q) (*A, error), request *Q) (*A, error) {
	c, err := a.client()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return client.Call(ctx, c, method(c), request)
}

// shardIDs completes ids of shards. Without a daemon there is nothing to
// offer.
func (a *app) shardIDs(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	res, err := call(c.Context(), a, func(c *client.Client) func(context.Context, *v1.ListShardsRequest) (*v1.ListShardsResponse, error) {
		return c.ListShards
	}, &v1.ListShardsRequest{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []cobra.Completion
	for _, s := range res.GetShards() {
		ids = append(ids, s.GetShardId())
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
