package suite

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// program is a whole process that digests a file.
type program struct {
	name   string
	family peer.Family
	path   string
	args   []string // the file follows
	many   bool     // it is measured with all cores too
}

// The names that ratios are made of.
const (
	engineDigest = "vram-engine digest"
	libraryFile  = "seal/verity in a process"
	fsverity     = "fsverity digest"
	b3sum        = "b3sum"
)

// programs are all programs that are installed, each with so many threads as
// it can be told; the others are noted.
func programs(e Env, r *report.Report, threads int) ([]program, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, errors.Wrap(err, "this program's own path")
	}
	found := []program{{libraryFile, peer.FSVerity, self, []string{process.ChildVerb, "digest", strconv.Itoa(threads)}, true}}
	if e.Engine != "" {
		found = append(found, program{engineDigest, peer.FSVerity, e.Engine, []string{"digest"}, true})
	}
	for _, p := range []program{
		{fsverity, peer.FSVerity, "fsverity", []string{"digest"}, false},
		{"sha256sum", peer.SHA256, "sha256sum", nil, false},
		{"openssl dgst -sha256", peer.SHA256, "openssl", []string{"dgst", "-sha256"}, false},
		{b3sum, peer.BLAKE3, "b3sum", []string{"--num-threads", strconv.Itoa(threads)}, true},
	} {
		path, err := exec.LookPath(p.path)
		if err != nil {
			r.Notef("%s is not installed and was not measured.", p.path)
			continue
		}
		p.path = path
		found = append(found, p)
	}
	for _, l := range peer.Libraries() {
		found = append(found, program{l.Name, l.Family, self, []string{process.ChildVerb, "hashfile", l.Name}, l.Threads})
	}
	return found, nil
}

// allThreads is how many threads a program gets with all cores, at most as
// many as package verity takes.
func allThreads() int { return min(runtime.GOMAXPROCS(0), 64) }
