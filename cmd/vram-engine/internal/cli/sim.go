package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/internal/input"
)

func newSim(a *app) *cobra.Command {
	var offset uint64
	var bit uint
	flip := &cobra.Command{
		Use: "flip ID --byte N --bit B", Short: "Flip one bit of a shard in simulated device memory",
		Long: `Flip one bit of a resident shard, behind the engine's back, as failing memory
would. The engine must have been started with --sim-faults.`,
		Args:              count(1, "the id of one shard"),
		ValidArgsFunction: a.shardIDs,
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("byte") || !c.Flags().Changed("bit") {
				return failure.Usage("say which bit to flip with --byte N and --bit B")
			}
			if err := input.Bit(bit); err != nil {
				return failure.Usage("%s", err.Error())
			}
			_, err := call(c.Context(), a, func(c *client.Client) func(context.Context, *v1.FlipBitRequest) (*v1.FlipBitResponse, error) {
				return c.FlipBit
			}, &v1.FlipBitRequest{ShardId: args[0], ByteOffset: offset, Bit: uint32(bit)}) //nolint:gosec // below 8
			if err != nil {
				return err
			}
			return a.printDone(fmt.Sprintf("flipped bit %d of byte %d of %s", bit, offset, args[0]))
		},
	}
	flip.Flags().Uint64Var(&offset, "byte", 0, "the byte's offset in the shard")
	flip.Flags().UintVar(&bit, "bit", 0, "the bit in the byte, 0 to 7")
	return group("sim", "Do to simulated devices what hardware does by itself", flip)
}
