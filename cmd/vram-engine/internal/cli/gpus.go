package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

// gpuFlags say which of the machine's GPUs may be used.
type gpuFlags struct {
	names         []string
	allowCoherent bool
	allowRoot     bool
}

func (g *gpuFlags) add(c *cobra.Command) {
	n := c.Flags()
	n.StringArrayVar(&g.names, "gpu", nil, "a GPU to use, by the number or the UUID that \"devices\" shows; may be given again (default: all)")
	n.BoolVar(&g.allowCoherent, "allow-coherent", false, "allow GPUs whose memory the host can reach as its own, such as Grace Hopper's")
	n.BoolVar(&g.allowRoot, "allow-root", false, "allow real GPUs to be used as root")
}

func (g gpuFlags) options() cuda.Options { return cuda.Options{AllowCoherent: g.allowCoherent} }

// check refuses names that mean nothing, and flags that --sim makes useless.
func (g gpuFlags) check(simulated bool) error {
	if simulated && (len(g.names) > 0 || g.allowCoherent) {
		return failure.Usage("--gpu and --allow-coherent are about real GPUs; leave them or --sim out")
	}
	if slices.Contains(g.names, "") {
		return failure.Usage("--gpu is empty; name a GPU by the number or the UUID that vram-engine devices shows")
	}
	return nil
}

// means tells whether the device is one of those to be used.
func (g gpuFlags) means(c cuda.Candidate) bool {
	return len(g.names) == 0 || slices.ContainsFunc(g.names, func(name string) bool {
		return name == strconv.Itoa(c.Number) || strings.EqualFold(name, c.Info.UUID)
	})
}
