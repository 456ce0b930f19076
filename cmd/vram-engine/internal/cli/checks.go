package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/daemon"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/failure"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// program is about this program itself.
func (k *checkup) program() error {
	digest, err := cuda.KernelsDigest()
	if err != nil {
		return err
	}
	k.say("program", fine, fmt.Sprintf("vram-engine %s, %s, %s/%s", vram.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH))
	k.say("GPU kernels", fine, "sha256:"+digest)
	k.say("SHA-256 of the host", fine, verity.Implementation())
	if warning := verity.ImplementationWarning(); warning != "" {
		k.say("SHA-256 of the host", note, warning)
	}
	return nil
}

// driver is about the driver, and how the process was started.
func (k *checkup) driver(d cuda.Diagnosis) {
	if d.Problem != nil {
		k.say("driver", problem, d.Problem.Text)
	} else {
		k.say("driver", fine, fmt.Sprintf("%s, CUDA %s", d.Driver.Library, d.Driver.CUDA()))
	}
	switch {
	case d.Driver.Library == "":
	case d.Driver.Management != "":
		k.say("management library", fine, "driver "+d.Driver.Management)
	default:
		k.say("management library", note, "memory errors and Xid events are not reported: "+d.Driver.Unmanaged)
	}
	for _, text := range d.Notes {
		k.say("surroundings", note, text)
	}
}

// policy is what is held to, whatever the device.
func (k *checkup) policy(f gpuFlags) {
	k.say("residency policy", fine, "shards lie in memory that was made on the device and nowhere else; integrated GPUs and those under Windows are refused")
	if f.allowCoherent {
		k.say("residency policy", note, "the host may reach a GPU's memory as its own (--allow-coherent)")
	} else {
		k.say("residency policy", fine, "GPUs whose memory the host can reach as its own are refused")
	}
}

// devices is about each device. One that cannot be used is a problem if the
// engine would not start because of it.
func (k *checkup) devices(d cuda.Diagnosis, f gpuFlags) {
	usable := 0
	for _, c := range d.Devices {
		if !f.means(c) {
			continue
		}
		if c.Problem == nil {
			usable++
		}
	}
	for _, c := range d.Devices {
		k.Devices = append(k.Devices, newCandidate(c))
		name := fmt.Sprintf("GPU %d", c.Number)
		what := fmt.Sprintf("%s (%s)", c.Info.Name, c.Info.UUID)
		switch {
		case !f.means(c):
			k.say(name, note, what+": it is not named by --gpu")
		case c.Problem == nil:
			protected := "; the driver says that it keeps sealed memory read-only"
			if !c.Info.ReadOnlyMappings {
				protected = "" // a note says so
			}
			k.say(name, fine, fmt.Sprintf("%s, %s: its kernels have passed their test%s", what, c.Info.Total, protected))
		case c.Problem.Policy && usable > 0:
			k.say(name, problem, what+": "+c.Problem.Text+"; or name the others with --gpu")
		case usable > 0 && len(f.names) == 0 && c.Skipped:
			k.say(name, note, what+": it would not be used: "+c.Problem.Text)
		default:
			k.say(name, problem, what+": "+c.Problem.Text)
		}
		for _, text := range c.Info.Notes {
			k.say(name, note, text)
		}
	}
	if d.Problem == nil && usable == 0 {
		k.say("GPUs", problem, "none can be used; vram-engine serve --sim simulates one")
	}
}

// process is about the rights and the limits of the process.
func (k *checkup) process(uid int, f gpuFlags, gpus bool) {
	switch {
	case uid != 0:
		k.say("user", fine, "not root")
	case f.allowRoot || !gpus:
		k.say("user", note, "root: a service user of its own is safer")
	default:
		k.say("user", problem, "root: \"serve\" refuses to use GPUs as root; be a service user of its own, or add --allow-root")
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil {
		k.say("locked memory", note, "the limit is not known: "+err.Error())
		return
	}
	switch {
	case limit.Cur == unix.RLIM_INFINITY:
		k.say("locked memory", fine, "no limit")
	case gpu.Bytes(limit.Cur) >= lockable:
		k.say("locked memory", fine, "up to "+gpu.Bytes(limit.Cur).String())
	default:
		k.say("locked memory", note, fmt.Sprintf("up to %s: staging memory may be swapped out; raise the limit to %s (ulimit -l, LimitMEMLOCK=)",
			gpu.Bytes(limit.Cur), lockable))
	}
}

// lockable is what an engine locks in memory: its staging buffers and its keys.
const lockable = 40 * gpu.MiB

// dataDir is about the directory with keys and audit log, if it is there.
func (k *checkup) dataDir(dir string, uid int) {
	const name = "data directory"
	switch _, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		k.say(name, fine, dir+" is made at the first start")
		return
	case err != nil:
		k.say(name, problem, fmt.Sprintf("%s cannot be looked at: %s", dir, failure.Line(err)))
		return
	}
	if err := daemon.CheckDir(dir, uid); err != nil {
		k.say(name, problem, failure.Line(err))
		return
	}
	k.say(name, fine, dir+" is private")
	for _, secret := range []string{"token", "identity"} {
		info, err := os.Lstat(filepath.Join(dir, secret))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			k.say(name, problem, fmt.Sprintf("the file %q cannot be looked at: %s", secret, failure.Line(err)))
		case !info.Mode().IsRegular():
			k.say(name, problem, fmt.Sprintf("%q is no regular file: move it away", secret))
		case info.Mode().Perm()&0o077 != 0:
			k.say(name, problem, fmt.Sprintf("others can read the file %q: chmod 600 it", secret))
		default:
			k.say(name, fine, fmt.Sprintf("the file %q is private", secret))
		}
	}
}
