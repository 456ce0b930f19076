package cuda

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/cockroachdb/errors"
)

// ErrEnvironment says that the process was started in a way in which the
// driver cannot be trusted with weights. The text names the variable.
var ErrEnvironment = errors.New("cuda: the environment of the process is not safe for sealed memory")

// surroundings are the variables of the process. Tests give their own.
type surroundings struct {
	all func() []string // as os.Environ
	set func(name, value string) error
}

func ownSurroundings() surroundings { return surroundings{all: os.Environ, set: os.Setenv} }

// variable is what an environment variable means for the driver.
type variable struct {
	name   string
	prefix bool // every name that begins so
	off    bool // the values empty and 0 are harmless
	text   string
}

// refusedVariables let other code see or change what is in device memory.
func refusedVariables() []variable {
	return []variable{
		{"CUDA_INJECTION", true, false, "loads foreign code into the driver"},
		{"NVTX_INJECTION", true, false, "loads foreign code into the process"},
		{"CUDA_ENABLE_COREDUMP_ON_EXCEPTION", false, true, "writes device memory to a file after a failure"},
		{"CUDA_ENABLE_USER_TRIGGERED_COREDUMP", false, true, "writes device memory to a file on request"},
	}
}

// notedVariables are put on record.
func notedVariables() []variable {
	return []variable{
		{"LD_PRELOAD", false, false, "the process was started with libraries loaded before all others"},
		{"LD_AUDIT", false, false, "the process was started with a library that watches the loader"},
		{"LD_LIBRARY_PATH", false, false, "libraries are looked for in other places first; the driver's own parts too"},
		{"CUDA_VISIBLE_DEVICES", false, false, "devices are hidden or renumbered"},
		{"CUDA_DISABLE_PTX_JIT", false, true, "kernels cannot be compiled"},
		{"CUDA_FORCE_PTX_JIT", false, true, "kernels are always compiled"},
		{"CUDA_LAUNCH_BLOCKING", false, true, "every launch waits, which is slow"},
		{"CUDA_MPS_PIPE_DIRECTORY", false, false, "the device is shared through an MPS server"},
	}
}

func (v variable) matches(name, value string) bool {
	if v.off && (value == "" || value == "0") {
		return false
	}
	return name == v.name || v.prefix && strings.HasPrefix(name, v.name)
}

// prepareEnvironment makes the environment fit for the driver and reports
// what an operator should know, by the names of variables and never their
// values. It is called before the driver is loaded, since the driver reads the
// environment when it starts. The compilation cache is switched off: a kernel
// that another program planted there would be run instead of ours. Variables
// that let foreign code in are refused with [ErrEnvironment].
func prepareEnvironment(s surroundings) (notes []string, err error) {
	for _, line := range s.all() {
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		for _, v := range refusedVariables() {
			if v.matches(name, value) {
				return nil, errors.Wrapf(ErrEnvironment, "cuda: %s %s; unset it and start again", name, v.text)
			}
		}
		for _, v := range notedVariables() {
			if v.matches(name, value) {
				notes = append(notes, fmt.Sprintf("%s is set: %s", name, v.text))
			}
		}
	}
	if err := s.set("CUDA_CACHE_DISABLE", "1"); err != nil {
		return nil, errors.Wrap(err, "cuda: switching off the driver's cache of compiled kernels")
	}
	slices.Sort(notes)
	return slices.Compact(notes), nil
}
