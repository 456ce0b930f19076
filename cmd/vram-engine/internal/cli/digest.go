package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
)

// fileDigest is a line of digest --json.
type fileDigest struct {
	File   string `json:"file"`
	Digest string `json:"digest"`
	Alg    string `json:"digest_alg"`
	Bytes  uint64 `json:"bytes"`
}

func newDigest(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "digest FILE...", Short: "Print the fs-verity SHA-256 digest of files, as the fsverity tool does",
		Long: `Print the fs-verity SHA-256 digest of each file, exactly as "fsverity digest"
prints it. It is the digest that a shard sealed from the file has. The file "-"
is the standard input.

Several files are read at once; the lines are in the order of the arguments. A
file that cannot be read is reported in its place, the others are still
digested, and the exit status is 2. Ctrl-C ends with status 130.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return failure.Usage("name the files to digest; see: %s --help", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.digests(c.Context(), args) },
	}
}

// digests prints what the files have, in their order, each as soon as all in
// front of it are done. When ctx ends it does not wait for those who read:
// nobody can interrupt a read of a disk that hangs.
func (a *app) digests(ctx context.Context, names []string) error {
	if err := a.warnOfSHA256(); err != nil {
		return err
	}
	screen := a.screen()
	out := screen.Over(a.Stdout)
	batch := newDigestBatch(names, a.Stdin, screen)
	defer batch.meter.end()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batch.start(ctx)
	all, failed := []fileDigest{}, 0
	for i, name := range names {
		batch.meter.item(i, name)
		r, err := batch.wait(ctx, i)
		if err != nil {
			return err
		}
		switch {
		case r.err != nil:
			failed++
			err = render.ErrorLine(screen, failure.Line(r.err))
		case a.json:
			all = append(all, r.digest)
		default:
			_, err = fmt.Fprintf(out, "sha256:%s %s\n", r.digest.Digest, name)
		}
		if err != nil {
			return err
		}
	}
	if a.json {
		if err := render.JSON(a.Stdout, all); err != nil {
			return err
		}
	}
	if failed > 0 {
		return failure.Usage("%d of %d files could not be digested", failed, len(names))
	}
	return nil
}

// wait waits for the result of a file.
func (b *digestBatch) wait(ctx context.Context, i int) (digestResult, error) {
	select {
	case r := <-b.results[i]:
		if ctx.Err() == nil {
			return r, nil
		}
	case <-ctx.Done():
	}
	return digestResult{}, failure.New(vram.ErrCanceled, "cancelled")
}
