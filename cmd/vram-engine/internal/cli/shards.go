package cli

import (
	"context"

	"github.com/spf13/cobra"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

func newShards(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "shards [ID]", Short: "List the sealed shards, or show one",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return failure.Usage("name one shard, or none to list all; see: %s --help", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.shardIDs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.showShard(c.Context(), args[0])
			}
			return a.listShards(c.Context())
		},
	}
}

func (a *app) listShards(ctx context.Context) error {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.ListShardsRequest) (*v1.ListShardsResponse, error) {
		return c.ListShards
	}, &v1.ListShardsRequest{})
	if err != nil {
		return err
	}
	return a.printShards(res.GetShards())
}

func (a *app) showShard(ctx context.Context, id string) error {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.GetShardRequest) (*v1.GetShardResponse, error) {
		return c.GetShard
	}, &v1.GetShardRequest{ShardId: id})
	if err != nil {
		return err
	}
	return a.printShard(res.GetShard())
}
