package suite

import (
	"context"
	"fmt"
	"strings"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// agreement sees to it that all programs of a family print one digest.
type agreement map[peer.Family]map[string]bool

func (a agreement) note(family peer.Family, out string) {
	for _, field := range strings.Fields(out) { // openssl writes the digest last, others first
		field = strings.Trim(field, "\"")
		if hex := strings.TrimPrefix(field, "sha256:"); len(hex) == 64 {
			if a[family] == nil {
				a[family] = map[string]bool{}
			}
			a[family][hex] = true
			return
		}
	}
}

func (a agreement) check() error {
	for family, digests := range a {
		if len(digests) != 1 {
			return errors.Newf("the programs printed %d different digests of one file: %s", len(digests), family)
		}
	}
	return nil
}

// wholePrograms compares programs on one file in the page cache, from the
// start of the process to its end: all on one core, and those that have
// threads on all cores.
func wholePrograms(ctx context.Context, e Env, r *report.Report) error {
	file, err := warmFile(e.Dir)
	if err != nil {
		return err
	}
	single, err := programs(e, r, 1)
	if err != nil {
		return err
	}
	many, err := programs(e, &report.Report{}, allThreads())
	if err != nil {
		return err
	}
	var cases []measure.Case
	var rows []report.Row
	agree := agreement{}
	add := func(p program, threads int, place process.Place) {
		group := "programs on 1 GiB in the page cache, one core"
		if threads > 1 {
			group = fmt.Sprintf("programs on 1 GiB in the page cache, %d cores", threads)
		}
		rows = append(rows, report.Row{
			Group: group, Unit: "s", Topic: report.OneCore, Subject: p.name, Family: string(p.family), Bytes: fileSize, Threads: threads,
		})
		cases = append(cases, measure.Case{Name: p.name, Run: func(ctx context.Context) (measure.Sample, error) {
			out, sample, err := process.ProgramOn(ctx, place, p.path, append(p.args[:len(p.args):len(p.args)], file)...)
			agree.note(p.family, out)
			return sample, err
		}})
	}
	for _, p := range single {
		add(p, 1, e.oneCore())
	}
	for _, p := range many {
		if p.many && allThreads() > 1 {
			add(p, allThreads(), process.Anywhere())
		}
	}
	series, err := measure.Interleave(ctx, e.rounds(9), cases...)
	if err := errors.Join(err, agree.check()); err != nil {
		return err
	}
	wall, cpu := map[runKey][]float64{}, map[runKey][]float64{}
	for i, s := range series {
		at := runKey{s.Name, rows[i].Threads}
		wall[at], cpu[at] = s.Map(measure.WallSeconds), s.Map(measure.CPUSeconds)
		row := rows[i]
		row.Name, row.Time = s.Name+", wall", report.Wall
		r.Point(row, wall[at]...)
		row.Name, row.Time = s.Name+", CPU", report.CPU
		r.Point(row, cpu[at]...)
	}
	compareFiles(r, wall, cpu)
	return nil
}

// runKey is a program with a number of threads.
type runKey struct {
	name    string
	threads int
}

func compareFiles(r *report.Report, wall, cpu map[runKey][]float64) {
	const group = "programs on 1 GiB in the page cache"
	for _, ours := range []string{engineDigest, libraryFile} {
		if _, ok := wall[runKey{ours, 1}]; !ok {
			continue
		}
		for _, other := range []string{fsverity, peer.Leaves, peer.Stream, peer.Zeebo, peer.Lukechampine, b3sum} {
			if theirs, ok := cpu[runKey{other, 1}]; ok {
				r.Compare(group, "one core, CPU time, "+other+" over "+ours, theirs, cpu[runKey{ours, 1}])
			}
		}
		if all, ok := wall[runKey{ours, allThreads()}]; ok && len(wall[runKey{fsverity, 1}]) > 0 {
			r.Compare(group, fmt.Sprintf("wall time, %s on one core over %s on %d", fsverity, ours, allThreads()), wall[runKey{fsverity, 1}], all)
		}
	}
}
