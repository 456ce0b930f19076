package process

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/errors"
)

// Memory is resident memory. The simulated device's memory is a memory file:
// it is in Shmem, and nothing else is.
type Memory struct {
	Anon  uint64 `json:"anon"`
	File  uint64 `json:"file"` // the program itself, mostly
	Shmem uint64 `json:"shmem"`
	Peak  uint64 `json:"peak"` // most that was resident at once, all three together
}

// Now reads /proc/self/status.
func Now() (Memory, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return Memory{}, errors.Wrap(err, "memory of the process")
	}
	var m Memory
	wanted := map[string]*uint64{"RssAnon": &m.Anon, "RssFile": &m.File, "RssShmem": &m.Shmem, "VmHWM": &m.Peak}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		place, ok := wanted[key]
		if !ok {
			continue
		}
		kib, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		if err != nil {
			return Memory{}, errors.Wrapf(err, "the line %s", key)
		}
		*place = kib * 1024
		delete(wanted, key)
	}
	if len(wanted) > 0 {
		return Memory{}, errors.New("the kernel does not tell all of RssAnon, RssFile, RssShmem and VmHWM")
	}
	return m, nil
}

// Settled collects garbage, gives what is free back to the system, and reads
// the memory.
func Settled() (Memory, error) {
	debug.FreeOSMemory()
	return Now()
}

// Peak looks at the private memory every few milliseconds until the returned
// function is called, which gives the most that was seen.
func Peak() func() (uint64, error) {
	stop, done := make(chan struct{}), make(chan struct{})
	var most uint64
	var failed error
	go func() {
		defer close(done)
		clock := time.NewTicker(2 * time.Millisecond)
		defer clock.Stop()
		for {
			m, err := Now()
			if err != nil {
				failed = err
				return
			}
			most = max(most, m.Anon)
			select {
			case <-stop:
				return
			case <-clock.C:
			}
		}
	}()
	return func() (uint64, error) {
		close(stop)
		<-done
		return most, failed
	}
}
