package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/seal/verity"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this program",
		Args: count(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version string `json:"version"`
				Go      string `json:"go"`
				OS      string `json:"os"`
				Arch    string `json:"arch"`
				SHA256  string `json:"sha256"` // what digests are computed with on this machine
			}{vram.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, verity.Implementation()}
			if a.json {
				return render.JSON(a.Stdout, v)
			}
			_, err := fmt.Fprintf(a.Stdout, "vram-engine %s (%s, %s/%s, SHA-256 by %s)\n", v.Version, v.Go, v.OS, v.Arch, v.SHA256)
			return err
		},
	}
}
