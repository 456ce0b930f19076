package suite

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strconv"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// threadCounts are powers of two up to all cores, and all cores.
func threadCounts() []int {
	all := allThreads()
	var counts []int
	for n := 1; n < all; n *= 2 {
		counts = append(counts, n)
	}
	return append(counts, all)
}

// threaded is something that is measured with several numbers of threads.
type threaded struct {
	name   string
	family peer.Family
	bytes  uint64
	run    func(threads int) measure.Case
}

// threads measures throughput with 1 to N threads, by the clock: of memory, and
// of whole programs on a file in the page cache.
func threads(ctx context.Context, e Env, r *report.Report) error {
	file, err := warmFile(e.Dir)
	if err != nil {
		return err
	}
	data, err := random(256 * mib)
	if err != nil {
		return err
	}
	subjects := []threaded{
		{"seal/verity, memory", peer.FSVerity, uint64(len(data)), func(n int) measure.Case {
			return measure.Self("", func(ctx context.Context) error {
				_, err := verity.DigestMemory(ctx, data, verity.Options{Threads: n})
				return err
			})
		}},
		{libraryFile + ", file", peer.FSVerity, fileSize, func(n int) measure.Case {
			return program{path: "/proc/self/exe", args: []string{process.ChildVerb, "digest", strconv.Itoa(n)}}.on(file)
		}},
	}
	if path, err := exec.LookPath(b3sum); err == nil {
		subjects = append(subjects, threaded{b3sum + ", file", peer.BLAKE3, fileSize, func(n int) measure.Case {
			return program{path: path, args: []string{"--num-threads", strconv.Itoa(n)}}.on(file)
		}})
	}
	for _, l := range peer.Libraries() {
		if !l.Threads {
			continue
		}
		subjects = append(subjects, threaded{l.Name + ", memory", l.Family, uint64(len(data)), func(n int) measure.Case {
			inner := measure.Self("", func(context.Context) error { l.Sum(data); return nil })
			return measure.Case{Run: func(ctx context.Context) (measure.Sample, error) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
				return inner.Run(ctx)
			}}
		}})
	}
	return measureThreads(ctx, e, r, subjects)
}

// on is the case that the program digests a file.
func (p program) on(file string) measure.Case {
	return measure.Case{Name: p.name, Run: func(ctx context.Context) (measure.Sample, error) {
		_, sample, err := process.Program(ctx, p.path, append(slices.Clone(p.args), file)...)
		return sample, err
	}}
}

func measureThreads(ctx context.Context, e Env, r *report.Report, subjects []threaded) error {
	var cases []measure.Case
	var rows []report.Row
	for _, s := range subjects {
		for _, n := range threadCounts() {
			c := s.run(n)
			c.Name = fmt.Sprintf("%s, %d threads", s.name, n)
			cases = append(cases, c)
			rows = append(rows, report.Row{
				Group: "throughput by threads", Name: c.Name, Unit: "GB/s", Topic: report.ByThreads,
				Subject: s.name, Family: string(s.family), Time: report.Wall, Bytes: s.bytes, Threads: n,
			})
		}
	}
	series, err := measure.Interleave(ctx, e.rounds(11), cases...)
	if err != nil {
		return err
	}
	first := map[string][]float64{}
	for i, row := range rows {
		rates := series[i].Map(measure.WallRate(row.Bytes))
		r.Point(row, rates...)
		seconds := row
		seconds.Name, seconds.Unit, seconds.Time, seconds.Bytes = row.Name+", CPU", "s", report.CPU, 0
		r.Point(seconds, series[i].Map(measure.CPUSeconds)...)
		if row.Threads == 1 {
			first[row.Subject] = rates
		} else {
			r.Compare(row.Group, fmt.Sprintf("%s: %d threads against one", row.Subject, row.Threads), rates, first[row.Subject])
		}
	}
	return nil
}
