package suite

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// program is a whole process that digests a file.
type program struct {
	name string
	path string
	args []string // the file follows
	same bool     // it prints the fs-verity digest: the answers must agree
}

const (
	libraryOne = "seal/verity in a process, 1 thread"
	fsverity   = "fsverity digest"
)

func libraryAll() string {
	return fmt.Sprintf("seal/verity in a process, %d threads", runtime.GOMAXPROCS(0))
}

// programs are those that are installed; the others are noted.
func programs(e Env, r *report.Report) ([]program, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, errors.Wrap(err, "this program's own path")
	}
	found := []program{
		{libraryOne, self, []string{process.ChildVerb, "digest", "1"}, true},
		{libraryAll(), self, []string{process.ChildVerb, "digest", "0"}, true},
	}
	if e.Engine != "" {
		found = append(found, program{"vram-engine digest", e.Engine, []string{"digest"}, true})
	}
	for _, p := range []program{
		{fsverity, "fsverity", []string{"digest"}, true},
		{"sha256sum", "sha256sum", nil, false},
		{"openssl dgst -sha256", "openssl", []string{"dgst", "-sha256"}, false},
		{"b3sum (BLAKE3, not SHA-256)", "b3sum", []string{"--num-threads", "1"}, false},
	} {
		path, err := exec.LookPath(p.path)
		if err != nil {
			r.Notef("%s is not installed and was not measured.", p.path)
			continue
		}
		p.path = path
		found = append(found, p)
	}
	return found, nil
}

// wholePrograms compares programs on one file in the page cache, from the
// start of the process to its end.
func wholePrograms(ctx context.Context, e Env, r *report.Report) error {
	file, err := warmFile(e.Dir)
	if err != nil {
		return err
	}
	found, err := programs(e, r)
	if err != nil {
		return err
	}
	var cases []measure.Case
	digests := map[string]bool{}
	for _, p := range found {
		cases = append(cases, measure.Case{Name: p.name, Run: func(ctx context.Context) (measure.Sample, error) {
			out, sample, err := process.Program(ctx, p.path, append(p.args[:len(p.args):len(p.args)], file)...)
			if err == nil && p.same {
				digest, _, _ := strings.Cut(strings.Trim(out, "\" \n"), " ")
				digests[digest] = true
			}
			return sample, err
		}})
	}
	series, err := measure.Interleave(ctx, e.rounds(9), cases...)
	if err != nil {
		return err
	}
	if len(digests) != 1 {
		return errors.Newf("the programs printed %d different fs-verity digests of one file", len(digests))
	}
	const group = "programs, 1 GiB in the page cache"
	wall, cpu := map[string][]float64{}, map[string][]float64{}
	for _, s := range series {
		wall[s.Name], cpu[s.Name] = s.Map(measure.WallSeconds), s.Map(measure.CPUSeconds)
		r.Add(group, s.Name+", wall", "s", wall[s.Name]...)
		r.Add(group, s.Name+", CPU", "s", cpu[s.Name]...)
	}
	if _, ok := wall[fsverity]; ok {
		r.Compare(group, "CPU time, fsverity digest over seal/verity with 1 thread", cpu[fsverity], cpu[libraryOne])
		r.Compare(group, "wall time, fsverity digest over seal/verity with all threads", wall[fsverity], wall[libraryAll()])
	}
	return nil
}

// digestPart digests a file as a program would: THREADS FILE.
func digestPart(ctx context.Context, args []string) (any, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: digest THREADS FILE")
	}
	threads, err := strconv.Atoi(args[0])
	if err != nil {
		return nil, errors.Wrap(err, "THREADS")
	}
	f, err := os.Open(args[1])
	if err != nil {
		return nil, errors.Wrap(err, "FILE")
	}
	d, err := verity.DigestReaderAt(ctx, f, fileSize, verity.Options{Threads: threads})
	return json.RawMessage(strconv.Quote(d.Text())), errors.Join(err, f.Close())
}
