package cli

import (
	"strings"

	"github.com/spf13/cobra"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/logging"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
)

func newRoot(a *app) *cobra.Command {
	root := group("vram-engine", "Keep model weights in GPU memory sealed, and prove that they are")
	root.Long = `vram-engine loads model shards into GPU memory, seals them, and checks on the
GPU that the resident bytes are still the ones it was told to load.

"serve" runs the engine; the other commands call it, or work on files alone.`
	root.Version = vram.Version()
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return failure.Usage("%s; see: %s --help", err.Error(), c.CommandPath())
	})
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		_, err := logging.New(a.Stderr, a.logLevel, a.logJSON)
		return err
	}
	f := root.PersistentFlags()
	f.StringVar(&a.socket, "socket", "", "the engine's Unix socket (default $"+socket.Variable+", then a place of the user's own)")
	f.BoolVar(&a.json, "json", false, "write JSON")
	f.StringVar(&a.logLevel, "log-level", "info", "how much to log: "+strings.Join(logging.Levels(), ", "))
	f.BoolVar(&a.logJSON, "log-json", false, "write the log as JSON lines")
	root.AddCommand(
		newServe(a), newSeal(a), newShards(a), newVerify(a), newRelease(a), newStatus(a), newDevices(a),
		newWorker(a), newDevice(a), newIncident(a), newDoctor(a),
		newDigest(a), newAudit(a), newBench(a), newSim(a), newVersion(a),
	)
	return root
}

// group is a command that only holds others.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		SilenceUsage: true, SilenceErrors: true, SuggestionsMinimumDistance: 2,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !c.HasParent() {
				return c.Help()
			}
			return unknown(c, args)
		},
	}
	c.AddCommand(children...)
	return c
}

// unknown says which command was meant, or which there are.
func unknown(c *cobra.Command, args []string) error {
	path := c.CommandPath()
	if len(args) == 0 {
		return failure.Usage("%q needs a command: %s", path, strings.Join(names(c), ", "))
	}
	if like := c.SuggestionsFor(args[0]); len(like) > 0 {
		return failure.Usage("%q has no command %q. Did you mean %q?", path, args[0], strings.Join(like, `" or "`))
	}
	return failure.Usage("%q has no command %q; see: %s --help", path, args[0], path)
}

func names(c *cobra.Command) []string {
	var all []string
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() {
			all = append(all, child.Name())
		}
	}
	return all
}

// count refuses any number of arguments but n; what says what they are.
func count(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return failure.Usage("%q takes %s, and %d arguments were given; see: %s --help", c.CommandPath(), what, len(args), c.CommandPath())
	}
}
