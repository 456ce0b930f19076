package cudatest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cockroachdb/errors"
)

// moduleLine is the first line of the root module's go.mod.
const moduleLine = "module github.com/vram-engine/vram-engine\n"

// source is what the fake is compiled from.
type source struct {
	cuda, nvml []string // the files that are compiled for each library
	all        []string // what they include too, in order
}

// findSource finds the sources from the folder that the test runs in.
func findSource() (source, error) {
	root, err := findRoot()
	if err != nil {
		return source{}, err
	}
	fake := filepath.Join(root, "gpu", "cuda", "testdata", "fakecuda")
	kernels := filepath.Join(root, "gpu", "cuda", "internal", "kernels")
	var s source
	for _, pattern := range []string{
		filepath.Join(fake, "*.c"), filepath.Join(fake, "*.h"), filepath.Join(kernels, "host.h"),
		filepath.Join(kernels, "src", "*"), filepath.Join(root, "gpu", "gputest", "*.cu"),
	} {
		files, err := filepath.Glob(pattern)
		if err == nil && len(files) == 0 {
			err = errors.Newf("no file is there; is the source tree complete?")
		}
		if err != nil {
			return source{}, errors.Wrapf(err, "cudatest: sources %s", filepath.Base(pattern))
		}
		s.all = append(s.all, files...)
	}
	for _, file := range s.all {
		name := filepath.Base(file)
		switch {
		case filepath.Dir(file) != fake || filepath.Ext(file) != ".c":
		case strings.HasPrefix(name, "nvml"):
			s.nvml = append(s.nvml, file)
		default:
			s.cuda = append(s.cuda, file)
		}
	}
	s.cuda = append(s.cuda, filepath.Join(kernels, "src", "host.c"))
	slices.Sort(s.all)
	return s, nil
}

// findRoot goes up to the folder of the root module.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", errors.Wrap(err, "cudatest: the working folder")
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), moduleLine) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("cudatest: the sources are not above the working folder; run the test inside the source tree")
		}
		dir = parent
	}
}
