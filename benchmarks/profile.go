package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"

	"github.com/cockroachdb/errors"
)

// profileVariable tells child processes where their profiles go.
const profileVariable = "VRAM_ENGINE_BENCHMARKS_PROFILE"

// profiled runs fn under the CPU profiler, if a folder for profiles is named.
func profiled(name string, fn func() error) (err error) {
	dir := os.Getenv(profileVariable)
	if dir == "" {
		return fn()
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%d.pprof", name, os.Getpid())))
	if err != nil {
		return errors.Wrap(err, "the profile")
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(errors.Wrap(err, "the profile"), f.Close())
	}
	err = fn()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}
