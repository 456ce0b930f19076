package cudatest

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"github.com/cockroachdb/errors"
)

// ErrNoCompiler means that there is no C compiler on this machine.
var ErrNoCompiler = errors.New("cudatest: there is no C compiler; install gcc or clang, or name one in CC")

// flags are for both libraries. They are never unloaded: their names stay in
// the log of calls.
var flags = []string{
	"-std=c11", "-D_GNU_SOURCE", "-O2", "-fPIC", "-shared", "-pthread", "-Wall", "-Wextra", "-Werror",
	"-Wl,-Bsymbolic", "-Wl,-z,defs", "-Wl,-z,nodelete",
}

// compiler is a C compiler, and what it says of itself.
type compiler struct {
	command []string
	version string
}

// findCompiler takes the compiler that CC names, or the first that is there.
func findCompiler(ctx context.Context) (compiler, error) {
	candidates := []string{"gcc", "clang", "cc"}
	if named := os.Getenv("CC"); named != "" {
		candidates = []string{named}
	}
	for _, candidate := range candidates {
		command := strings.Fields(candidate)
		if len(command) == 0 {
			continue
		}
		if _, err := exec.LookPath(command[0]); err != nil {
			continue
		}
		c := compiler{command: command}
		out, err := c.run(ctx, "--version")
		if err != nil {
			return compiler{}, err
		}
		c.version = out
		return c, nil
	}
	return compiler{}, errors.WithStack(ErrNoCompiler)
}

// run calls the compiler. What it says is in the error.
func (c compiler) run(ctx context.Context, args ...string) (string, error) {
	if len(c.command) == 0 {
		return "", errors.WithStack(ErrNoCompiler)
	}
	all := append(append([]string{}, c.command[1:]...), args...)
	out, err := exec.CommandContext(ctx, c.command[0], all...).CombinedOutput() //nolint:gosec // the compiler that the developer chose
	if err != nil {
		return "", errors.Wrapf(err, "cudatest: %s failed: %s", c.command[0], strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
