package cudatest

import (
	"fmt"
	"strings"

	"github.com/vram-engine/vram-engine/gpu"
)

// ReadOnly is what the driver does when a mapping is to become read-only.
type ReadOnly int

// The ways to treat a read-only mapping.
const (
	ReadOnlyHonoured ReadOnly = iota // kernels and copies that write to it fault
	ReadOnlyRefused                  // the call fails with 801
	ReadOnlyIgnored                  // the call succeeds, and writes do too
)

// Mode is who may use a device.
type Mode int

// The compute modes.
const (
	ModeDefault Mode = iota
	ModeProhibited
	ModeExclusive // one context at a time
)

// Config is what the fake's devices are like. The zero value is one H100 with
// 1 GiB of memory, under the driver of CUDA 12.4. All devices are alike; see
// [Control.Set] for one that differs.
type Config struct {
	Devices     int       // 0 means 1; at most 8
	Memory      gpu.Bytes // of each device; 0 means 1 GiB
	Granularity gpu.Bytes // a power of two; 0 means 2 MiB
	Capability  int       // 0 means 90, for 9.0
	Driver      int       // the CUDA version; 0 means 12040
	LeastTarget int       // modules for an older architecture are refused
	Name        string    // underscores are printed as blanks
	ReadOnly    ReadOnly
	Mode        Mode

	Integrated   bool // shares the host's memory
	HMM          bool // reads the host's memory through the kernel
	ATS          bool // reads the host's memory through the page tables of the processor
	MIG          bool
	NoECC        bool
	Confidential bool
	Busy         bool // somebody else holds the device
	NoDevice     bool // a driver without a device
	Clean        bool // memory that nobody used is zero, which is faster
	Immediate    bool // queued work runs at once, and still fails later
}

// words are the configuration as the fake reads it.
func (c Config) words() string {
	var words []string
	number := func(name string, n uint64) {
		if n != 0 {
			words = append(words, fmt.Sprintf("%s=%d", name, n))
		}
	}
	flag := func(name string, set bool, value string) {
		if set {
			words = append(words, name+"="+value)
		}
	}
	number("devices", uint64(max(c.Devices, 0)))
	number("mem", uint64(c.Memory))
	number("gran", uint64(c.Granularity))
	number("cc", uint64(max(c.Capability, 0)))
	number("driver", uint64(max(c.Driver, 0)))
	number("minsm", uint64(max(c.LeastTarget, 0)))
	flag("name", c.Name != "", strings.Join(strings.Fields(c.Name), "_"))
	flag("readonly", c.ReadOnly == ReadOnlyRefused, "0")
	flag("readonly", c.ReadOnly == ReadOnlyIgnored, "lie")
	flag("mode", c.Mode == ModeProhibited, "prohibited")
	flag("mode", c.Mode == ModeExclusive, "exclusive")
	flag("integrated", c.Integrated, "1")
	flag("hmm", c.HMM, "1")
	flag("ats", c.ATS, "1")
	flag("mig", c.MIG, "1")
	flag("ecc", c.NoECC, "0")
	flag("cc_mode", c.Confidential, "1")
	flag("busy", c.Busy, "1")
	flag("nodev", c.NoDevice, "1")
	flag("garbage", c.Clean, "0")
	flag("async", c.Immediate, "now")
	return strings.Join(words, " ")
}
