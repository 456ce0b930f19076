package cuda

import (
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// ErrPolicy says that a GPU could be used and must not be: its memory may be
// the host's, or foreign code could look into it.
var ErrPolicy = errors.New("cuda: refused by the residency policy")

// Problem is what keeps GPUs, or one of them, from being used. For errors.Is
// it is ErrPolicy or ErrNoDevice.
type Problem struct {
	Text   string // one line: what is wrong, and what to do
	Policy bool   // the GPU could be used, and must not be
}

// Error is the text.
func (p *Problem) Error() string { return "cuda: " + p.Text }

// Unwrap is the kind of the problem.
func (p *Problem) Unwrap() error {
	if p.Policy {
		return ErrPolicy
	}
	return ErrNoDevice
}

// startProblem explains why there is no backend. What the driver's answer
// leaves open, the system's files may tell.
func startProblem(err error, system platform) *Problem {
	switch {
	case system.windows:
		return &Problem{Text: textOf(err, ErrNoDevice), Policy: true}
	case errors.Is(err, ErrEnvironment):
		return &Problem{Text: textOf(err, ErrEnvironment), Policy: true}
	case errors.Is(err, driver.ErrNoLibrary) && system.module:
		return &Problem{Text: "the kernel module of the NVIDIA driver is loaded, but libcuda.so.1 is not here: install the driver's libraries, or give the container its GPUs with the capabilities \"compute,utility\""}
	case errors.Is(err, driver.ErrNoLibrary):
		return &Problem{Text: "there is no NVIDIA driver (libcuda.so.1): install it, or give the container access to it"}
	case errors.Is(err, driver.ErrIncomplete):
		return &Problem{Text: textOf(err, driver.ErrIncomplete) + "; CUDA 12.0 (driver 525) or newer is needed"}
	case errors.Is(err, ErrOldDriver):
		return &Problem{Text: textOf(err, ErrOldDriver)}
	case !system.module && answered(err):
		return &Problem{Text: "the driver does not start, and its kernel module is not loaded: load it (modprobe nvidia) or reboot, and see the kernel's log"}
	}
	return &Problem{Text: textOf(err, ErrNoDevice)}
}

// answered tells whether the error is an answer of the driver.
func answered(err error) bool {
	var answer *gpu.Error
	return errors.Is(err, ErrNoDevice) || errors.As(err, &answer)
}

// textOf is what an error says, without the names of packages and of its kind.
func textOf(err, kind error) string {
	var answer *gpu.Error
	if errors.As(err, &answer) && answer.Detail != "" {
		return answer.Detail
	}
	text := strings.TrimSuffix(err.Error(), ": "+kind.Error())
	for _, name := range []string{"cuda: ", "driver: "} {
		text = strings.TrimPrefix(text, name)
	}
	return text
}
