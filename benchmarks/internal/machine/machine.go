package machine

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"github.com/vram-engine/vram-engine/seal/verity"
)

const unknown = "unknown"

// Machine is what figures depend on.
type Machine struct {
	CPU        string `json:"cpu"`
	Cores      int    `json:"cores"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	Memory     string `json:"memory"`
	Virtual    bool   `json:"virtual"` // a hypervisor is below
	Kernel     string `json:"kernel"`
	Go         string `json:"go"`
	Commit     string `json:"commit"`
	Dirty      bool   `json:"dirty"` // the working tree differed from the commit
	Backend    string `json:"backend"`
	SHA256     string `json:"sha256"` // what crypto/sha256 uses on this CPU
	Digest     string `json:"digest"` // what seal/verity hashes blocks with
}

// Describe looks at the machine and the working tree.
func Describe(ctx context.Context) Machine {
	info := cpuinfo()
	m := Machine{
		CPU:   info.name(),
		Cores: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		Memory: field("/proc/meminfo", "MemTotal"), Virtual: info.has("hypervisor"),
		Kernel: strings.TrimSpace(read("/proc/sys/kernel/osrelease")),
		Go:     runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
		Commit: git(ctx, "rev-parse", "--short=12", "HEAD"), Dirty: git(ctx, "status", "--porcelain") != "",
		Backend: "simulated", SHA256: info.sha256Path(), Digest: verity.Implementation(),
	}
	return m
}

// String is the line for people.
func (m Machine) String() string {
	state := ""
	if m.Dirty {
		state = " with uncommitted changes"
	}
	kind := "physical"
	if m.Virtual {
		kind = "virtual machine"
	}
	return fmt.Sprintf("%s, %d cores (%s), %s memory, Linux %s, %s, commit %s%s, devices: %s, crypto/sha256 with %s, seal/verity on %s",
		m.CPU, m.Cores, kind, m.Memory, m.Kernel, m.Go, m.Commit, state, m.Backend, m.SHA256, m.Digest)
}

func git(ctx context.Context, args ...string) string {
	out, err := exec.CommandContext(ctx, "git", args...).Output() //nolint:gosec // constant arguments
	if err != nil {
		return unknown
	}
	return strings.TrimSpace(string(out))
}

func read(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return unknown
	}
	return string(content)
}

// field finds "name: value" in a file of lines.
func field(path, name string) string {
	for line := range strings.Lines(read(path)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return unknown
}

// Available is how much memory can be used without pushing other things out,
// or zero where that is not known.
func Available() uint64 {
	number, _, _ := strings.Cut(field("/proc/meminfo", "MemAvailable"), " ")
	kib, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return 0
	}
	return kib * 1024
}
