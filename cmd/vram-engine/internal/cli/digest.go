package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/cockroachdb/errors"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/seal/verity"
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
is the standard input. A file that cannot be read is reported, the others are
still digested, and the exit status is 2.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return failure.Usage("name the files to digest; see: %s --help", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.digests(c.Context(), args) },
	}
}

func (a *app) digests(ctx context.Context, names []string) error {
	all, failed := []fileDigest{}, 0
	for _, name := range names {
		d, err := a.digest(ctx, name)
		if ctx.Err() != nil {
			return failure.New(vram.ErrCanceled, "cancelled")
		}
		if err == nil && !a.json {
			_, err = fmt.Fprintf(a.Stdout, "sha256:%s %s\n", d.Digest, name)
			if err != nil {
				return err
			}
		}
		if err != nil {
			failed++
			if err := render.ErrorLine(a.Stderr, failure.Line(err)); err != nil {
				return err
			}
			continue
		}
		all = append(all, d)
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

func (a *app) digest(ctx context.Context, name string) (fileDigest, error) {
	sum, size, err := a.measure(ctx, name)
	if err != nil {
		return fileDigest{}, failure.Because(vram.ErrInvalidInput, errors.UnwrapAll(err), "cannot digest %q", name)
	}
	return fileDigest{File: name, Digest: sum.String(), Alg: verity.Algorithm, Bytes: size}, nil
}

// measure digests a regular file with all cores, and anything else as a
// stream.
func (a *app) measure(ctx context.Context, name string) (sum verity.Digest, size uint64, err error) {
	if name == "-" {
		return verity.DigestReader(ctx, interruptible{ctx, a.Stdin}, verity.Options{})
	}
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return sum, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return sum, 0, err
	}
	if !info.Mode().IsRegular() {
		return sum, 0, errors.New("not a regular file")
	}
	size = uint64(max(info.Size(), 0))
	sum, err = verity.DigestReaderAt(ctx, f, size, verity.Options{})
	return sum, size, err
}
