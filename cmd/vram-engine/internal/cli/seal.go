package cli

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"

	"connectrpc.com/connect"
	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/modelfile"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/internal/input"
)

// sealFlags are the flags of seal.
type sealFlags struct {
	id, expect, modelRef string
	device, index, total int
}

func newSeal(a *app) *cobra.Command {
	var f sealFlags
	c := &cobra.Command{
		Use: "seal FILE", Short: "Load a model file into device memory and seal it",
		Long: `Load a model file into device memory, digest what arrived there, and seal it.

The file is opened by this command and passed to the engine as an open
descriptor: the engine never opens a path that a client names. Ctrl-C cancels;
nothing stays allocated then.`,
		Args: count(1, "one file"),
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("shard-id") {
				f.id = input.ShardIDFromFileName(filepath.Base(args[0]))
			}
			return a.seal(c.Context(), args[0], f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.id, "shard-id", "", "the shard's id: letters, digits and dashes (default: made from the file's name)")
	flags.IntVar(&f.device, "device", vram.AnyDevice, "the device's index; -1 for any with room")
	flags.StringVar(&f.expect, "expect", "", "the digest that the resident bytes must have, as sha256:HEX")
	flags.StringVar(&f.modelRef, "model-ref", "", "what the model is called elsewhere")
	flags.IntVar(&f.index, "shard-index", 0, "which part of the model this is, from 0")
	flags.IntVar(&f.total, "total-shards", 1, "how many parts the model has")
	return c
}

// request checks what the daemon would check too, so that a mistake is told
// before the file is passed.
func (f sealFlags) request() (*v1.SealRequest, error) {
	checks := []error{input.ShardID(f.id), input.ModelRef(f.modelRef), input.ShardIndexOf(f.index, f.total)}
	if f.expect != "" {
		_, err := input.Digest(f.expect)
		checks = append(checks, err)
	}
	for _, err := range checks {
		if err != nil {
			return nil, failure.New(vram.ErrInvalidInput, "%s", err.Error())
		}
	}
	if f.device < vram.AnyDevice || f.device > math.MaxInt32 || f.index > math.MaxInt32 || f.total > math.MaxInt32 {
		return nil, failure.Usage("the device, the index and the number of shards must be small numbers; see: vram-engine seal --help")
	}
	return &v1.SealRequest{
		ShardId: f.id, GpuDevice: int32(f.device), ExpectDigest: f.expect, ModelRef: f.modelRef,
		ShardIndex: uint32(f.index), TotalShards: uint32(f.total), //nolint:gosec // checked above
	}, nil
}

func (a *app) seal(ctx context.Context, path string, f sealFlags) (err error) {
	request, err := f.request()
	if err != nil {
		return err
	}
	file, _, err := modelfile.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	c, err := a.client()
	if err != nil {
		return err
	}
	defer c.Close()
	res, err := a.sealOpen(ctx, c, file, request)
	if err != nil {
		return err
	}
	for _, w := range res.GetWarnings() {
		if err := render.WarningLine(a.Stderr, w); err != nil {
			return err
		}
	}
	return a.printSealed(res.GetShard())
}

// sealOpen passes the open file and makes the call. It returns the last
// message, which has the shard.
func (a *app) sealOpen(ctx context.Context, c *client.Client, file *os.File, r *v1.SealRequest) (res *v1.SealResponse, err error) {
	ticket, conn, err := c.PassFile(ctx, file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	r.Ticket = ticket[:]
	stream, err := c.Seal(ctx, r)
	if err != nil {
		return nil, c.Explain(err)
	}
	res, err = follow(stream, a.screen().Progress("sealing "+strings.Trim(r.GetShardId(), "-")))
	if err != nil {
		return nil, errors.Join(c.Explain(err), stream.Close())
	}
	return res, c.Explain(stream.Close())
}

// follow shows the progress until the last message.
func follow(stream *connect.ServerStreamForClient[v1.SealResponse], p *render.Progress) (*v1.SealResponse, error) {
	defer p.Done()
	for stream.Receive() {
		m := stream.Msg()
		if m.GetShard() != nil {
			return m, nil
		}
		p.Report(gpu.Bytes(m.GetDoneBytes()), gpu.Bytes(m.GetTotalBytes()))
	}
	err := stream.Err()
	if err == nil {
		err = failure.New(vram.ErrInternal, "the engine ended the call without an answer; see its log")
	}
	return nil, err
}
