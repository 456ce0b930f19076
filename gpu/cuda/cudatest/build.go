package cudatest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/cockroachdb/errors"
)

// The names under which programs look for the libraries.
const (
	cudaName = "libcuda.so.1"
	nvmlName = "libnvidia-ml.so.1"
)

// Paths are the files of the two libraries. They lie in one folder, and share
// their state.
type Paths struct {
	CUDA, NVML string
}

// Environment are the variables with which a program finds the fake instead of
// a driver, and has the devices of the configuration. A socket that is not
// empty is where [Dial] reaches the fake inside the program, as soon as that
// has called the driver.
func (p Paths) Environment(config Config, socket string) []string {
	env := []string{"LD_LIBRARY_PATH=" + filepath.Dir(p.CUDA), "FAKECUDA_CONFIG=" + config.words()}
	if socket != "" {
		env = append(env, "FAKECUDA_SOCKET="+socket)
	}
	return env
}

// Build compiles the fake into a folder below dir that is named by the hash of
// all that goes into it, or finds it there. An empty dir is the user's cache
// folder, or a new temporary folder where there is none. It blocks for some
// seconds, and may be called at the same time by several processes.
// ErrNoCompiler when there is nothing to compile with.
func Build(dir string) (Paths, error) {
	ctx := context.Background()
	cc, err := findCompiler(ctx)
	if err != nil {
		return Paths{}, err
	}
	src, err := findSource()
	if err != nil {
		return Paths{}, err
	}
	key, err := src.key(cc)
	if err != nil {
		return Paths{}, err
	}
	parent, err := folder(dir)
	if err != nil {
		return Paths{}, err
	}
	final := filepath.Join(parent, key)
	if there(final) {
		return pathsIn(final), nil
	}
	return compile(ctx, cc, src, parent, final)
}

// folder is where folders of builds go.
func folder(dir string) (string, error) {
	if dir == "" {
		if cache, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(cache, "vram-engine", "fakecuda")
		}
	}
	if dir == "" {
		made, err := os.MkdirTemp("", "fakecuda-")
		return made, errors.Wrap(err, "cudatest: a folder for the fake driver")
	}
	return dir, errors.Wrap(os.MkdirAll(dir, 0o700), "cudatest: a folder for the fake driver")
}

func pathsIn(dir string) Paths {
	return Paths{CUDA: filepath.Join(dir, cudaName), NVML: filepath.Join(dir, nvmlName)}
}

func there(dir string) bool {
	for _, name := range []string{cudaName, nvmlName} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// compile builds in a folder of its own, which it then gives its name: whoever
// comes first wins, and nobody sees half a library.
func compile(ctx context.Context, cc compiler, src source, parent, final string) (paths Paths, err error) {
	work, err := os.MkdirTemp(parent, "build-")
	if err != nil {
		return Paths{}, errors.Wrap(err, "cudatest: a folder for the fake driver")
	}
	defer func() { err = errors.CombineErrors(err, os.RemoveAll(work)) }()
	made := pathsIn(work)
	cuda := slices.Concat(flags, []string{"-Wl,-soname," + cudaName, "-o", made.CUDA}, src.cuda)
	if _, err := cc.run(ctx, cuda...); err != nil {
		return Paths{}, err
	}
	nvml := slices.Concat(flags, []string{"-Wl,-soname," + nvmlName, "-Wl,-rpath,$ORIGIN", "-o", made.NVML}, src.nvml, []string{made.CUDA})
	if _, err := cc.run(ctx, nvml...); err != nil {
		return Paths{}, err
	}
	if err := os.Rename(work, final); err != nil && !there(final) {
		return Paths{}, errors.Wrap(err, "cudatest: the fake driver")
	}
	return pathsIn(final), nil
}

// key is the hash of everything that decides what comes out.
func (s source) key(cc compiler) (string, error) {
	h := sha256.New()
	write := func(text string) {
		fmt.Fprintf(h, "%d %s\n", len(text), text) //nolint:errcheck // a hash takes everything
	}
	for _, text := range slices.Concat(flags, cc.command, []string{cc.version}) {
		write(text)
	}
	for _, file := range s.all {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", errors.Wrap(err, "cudatest: a source of the fake driver")
		}
		write(filepath.Base(file))
		write(string(content))
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
