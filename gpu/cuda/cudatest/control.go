package cudatest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// runner takes commands: the fake in this process, or in another.
type runner interface {
	Run(command string) (string, error)
}

// Control rules a fake driver for one test. Its methods may be called from any
// goroutine until the test ends; they wait for no call of the driver, except
// for a kernel that is running.
type Control struct {
	t     testing.TB
	fake  runner
	paths Paths
}

// Paths are the libraries that the driver's bindings have to open.
func (c *Control) Paths() Paths { return c.paths }

// Command gives the fake one command, and returns its answer. The other
// methods are made of it.
func (c *Control) Command(format string, args ...any) string {
	c.t.Helper()
	answer, err := c.fake.Run(fmt.Sprintf(format, args...))
	if err != nil {
		c.t.Errorf("%v", err)
		return ""
	}
	return answer
}

// number is the answer of a command that answers one.
func (c *Control) number(format string, args ...any) uint64 {
	c.t.Helper()
	answer := c.Command(format, args...)
	if answer == "" {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(answer), 10, 64)
	if err != nil {
		c.t.Errorf("cudatest: the answer is no number: %v", err)
	}
	return n
}

// Reset drops everything that was made of the fake, all rules and the log, and
// starts again with that configuration. Handles from before stay stale, and no
// thread has a context any more. No call of the driver may be under way.
func (c *Control) Reset(config Config) {
	c.t.Helper()
	c.Command("reset %s", config.words())
}

// Set changes single settings of one device, by the names of the fake's reset
// command: "busy=1", "mode=prohibited", "readonly=lie".
func (c *Control) Set(device int, settings ...string) {
	c.t.Helper()
	c.Command("set %d %s", device, strings.Join(settings, " "))
}

// Attribute makes cuDeviceGetAttribute answer that value.
func (c *Control) Attribute(device, attribute, value int) {
	c.t.Helper()
	c.Command("attribute %d %d %d", device, attribute, value)
}
