package cudatest

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/cockroachdb/errors"
)

// Live counts what a program has not given back.
type Live struct {
	Contexts, Streams, Events, Modules int
	Handles                            int // references to allocations
	Reservations, Mappings, Host       int
	Retained                           int // of primary contexts
	NVML, Sets                         int // initialisations, event sets
	Strays                             int // memory calls of threads that never had a context
	Orphans                            int // objects that died with their context; no leak
}

const liveLine = "contexts=%d streams=%d events=%d modules=%d handles=%d reservations=%d mappings=%d " +
	"host=%d retained=%d nvml=%d sets=%d strays=%d orphans=%d"

// Live counts what exists now.
func (c *Control) Live() Live {
	c.t.Helper()
	var l Live
	answer := c.Command("live")
	_, err := fmt.Sscanf(answer, liveLine, &l.Contexts, &l.Streams, &l.Events, &l.Modules, &l.Handles, &l.Reservations, &l.Mappings,
		&l.Host, &l.Retained, &l.NVML, &l.Sets, &l.Strays, &l.Orphans)
	if err != nil {
		c.t.Errorf("cudatest: an answer: %v", err)
	}
	return l
}

// Leaks is an error that says what was not given back, and nil if everything
// was. What a context took with it when it was destroyed is no leak; memory
// calls of a thread that never had a context are one.
func (c *Control) Leaks() error {
	c.t.Helper()
	l := c.Live()
	l.Orphans = 0
	if l == (Live{}) {
		return nil
	}
	return errors.Newf("cudatest: not given back: %+v", l)
}

// Calls are the functions called since the last ClearLog, oldest first, with
// " = CODE" behind those that failed. Polls that follow each other are one
// line. Only the last 65,536 calls are kept.
func (c *Control) Calls() []string {
	c.t.Helper()
	var calls []string
	for line := range strings.Lines(c.Command("calls")) {
		calls = append(calls, strings.TrimSuffix(line, "\n"))
	}
	return calls
}

// Count is the number of calls of libcuda since the last ClearLog. A sweep
// that lets the nth call of "*" fail, for each n, visits every position.
func (c *Control) Count() int {
	c.t.Helper()
	return int(c.number("count")) //nolint:gosec // a count of a test
}

// ClearLog forgets the calls so far.
func (c *Control) ClearLog() {
	c.t.Helper()
	c.Command("clearlog")
}

// nowhere reports that something was looked for and not found.
func nowhere(err error) bool { return errors.Is(err, syscall.ESRCH) }
