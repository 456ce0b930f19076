package cli

import (
	"context"
	"io"
	"os"

	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	v1 "github.com/vram-engine/vram-engine/api/vramengine/v1"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/client"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
)

// maxHandle is the longest file that is taken for a handle.
const maxHandle = 64 << 10

func newVerify(a *app) *cobra.Command {
	var all bool
	var handle string
	c := &cobra.Command{
		Use: "verify ID... | --all | --handle FILE", Short: "Digest shards where they are resident and compare them with their seals",
		Long: `Digest shards where they are resident, in device memory, and compare the
result with their seals. With --handle, the handle in FILE (what "seal --json"
printed; "-" is the standard input) is checked first. The exit status is 3 if
any check fails.`,
		ValidArgsFunction: a.shardIDs,
		RunE: func(c *cobra.Command, ids []string) error {
			r, err := a.verifyRequest(c.Context(), ids, all, handle, c.Flags().Changed("handle"))
			if err != nil {
				return err
			}
			return a.verify(c.Context(), r)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "verify every shard")
	c.Flags().StringVar(&handle, "handle", "", "verify the shard of the handle in this file")
	return c
}

func (a *app) verifyRequest(ctx context.Context, ids []string, all bool, handle string, presented bool) (*v1.VerifyRequest, error) {
	chosen := 0
	for _, is := range []bool{len(ids) > 0, all, presented} {
		if is {
			chosen++
		}
	}
	if chosen != 1 {
		return nil, failure.Usage("name the shards to verify, or use --all, or --handle FILE, and only one of them")
	}
	if !presented {
		return &v1.VerifyRequest{ShardIds: ids, All: all}, nil
	}
	text, err := a.readHandle(ctx, handle)
	return &v1.VerifyRequest{Handle: text}, err
}

// readHandle reads the file that holds a handle, however short or broken the
// handle is; an engine decides about that.
func (a *app) readHandle(ctx context.Context, name string) (text []byte, err error) {
	from := a.Stdin
	if name != "-" {
		f, failed := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
		if failed != nil {
			return nil, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(failed), "cannot open the handle %q", name)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		from = f
	}
	text, err = io.ReadAll(io.LimitReader(aside{ctx, from}, maxHandle+1))
	switch {
	case ctx.Err() != nil:
		return nil, failure.New(vram.ErrCanceled, "cancelled")
	case err != nil:
		return nil, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "cannot read the handle %q", name)
	case len(text) == 0:
		return nil, failure.Usage("%q is empty; name a file with a handle, as seal --json prints it", name)
	case len(text) > maxHandle:
		return nil, failure.Usage("%q is too long for a handle; name a file with one, as seal --json prints it", name)
	}
	return text, nil
}

func (a *app) verify(ctx context.Context, r *v1.VerifyRequest) error {
	res, err := call(ctx, a, func(c *client.Client) func(context.Context, *v1.VerifyRequest) (*v1.VerifyResponse, error) {
		return c.Verify
	}, r)
	if err != nil {
		return err
	}
	if err := a.printResults(res.GetResults()); err != nil {
		return err
	}
	if f := res.GetFailure(); f != nil {
		return client.FromInfo(f)
	}
	return nil
}
