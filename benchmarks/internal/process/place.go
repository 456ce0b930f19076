package process

import (
	"os"
	"os/exec"

	"github.com/vram-engine/vram-engine/benchmarks/internal/pin"
)

// Place says where a process runs.
type Place struct {
	CPU int      // the only processor that it may use, or pin.None
	Env []string // added to the environment
}

// Anywhere is the place that this process has.
func Anywhere() Place { return Place{CPU: pin.None} }

// start starts the command. A process inherits the processors of the thread
// that starts it.
func (p Place) start(cmd *exec.Cmd) error {
	if len(p.Env) > 0 {
		cmd.Env = append(os.Environ(), p.Env...)
	}
	return pin.On(p.CPU, cmd.Start)
}
