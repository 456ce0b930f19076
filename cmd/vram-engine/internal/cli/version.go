package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/seal/verity"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this program and of what it works with",
		Args: count(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			kernels, err := cuda.KernelsDigest()
			if err != nil {
				return err
			}
			if err := a.warnOfSHA256(); err != nil {
				return err
			}
			v := struct {
				Version string `json:"version"`
				Go      string `json:"go"`
				OS      string `json:"os"`
				Arch    string `json:"arch"`
				SHA256  string `json:"sha256"`  // what digests are computed with on this machine
				CUDA    string `json:"cuda"`    // the version that the driver here speaks; "" if there is none
				Kernels string `json:"kernels"` // SHA-256 of the GPU kernels in this program
			}{
				vram.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, verity.Implementation(),
				cuda.Installed(cuda.Options{}).CUDA(), kernels,
			}
			if a.json {
				return render.JSON(a.Stdout, v)
			}
			driver := "CUDA " + v.CUDA
			if v.CUDA == "" {
				driver = "none"
			}
			_, err = fmt.Fprintf(a.Stdout, "vram-engine %s (%s, %s/%s, SHA-256 by %s)\nGPU driver: %s; GPU kernels: sha256:%s\n",
				v.Version, v.Go, v.OS, v.Arch, v.SHA256, driver, v.Kernels)
			return err
		},
	}
}

// warnOfSHA256 says that the environment forces an implementation that cannot
// be used.
func (a *app) warnOfSHA256() error {
	if w := verity.ImplementationWarning(); w != "" {
		return render.WarningLine(a.Stderr, verity.ForceVariable+": "+w)
	}
	return nil
}
