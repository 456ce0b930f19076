package suite

import (
	"context"
	"os"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/pagecache"
	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// coldFile compares programs on a file that is not in the page cache. Before
// each of them the file is taken out of it, and the kernel is asked whether it
// is out.
func coldFile(ctx context.Context, e Env, r *report.Report) (err error) {
	file, err := warmFile(e.Dir)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return errors.Wrap(err, "the file to measure with")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	found, err := programs(e, &report.Report{}, allThreads())
	if err != nil {
		return err
	}
	const only = "reading it, nothing else"
	found = append([]program{{only, "", "/proc/self/exe", []string{process.ChildVerb, "readfile"}, false}}, found...)
	var cases []measure.Case
	left := heat{}
	for _, p := range found {
		if p.family == peer.BLAKE3 && p.name != b3sum || p.name == "minio/sha256-simd" {
			continue // the disk is slower than all of these: the programs stand for them
		}
		c := p.on(file)
		cases = append(cases, measure.Case{Name: p.name, Run: func(ctx context.Context) (measure.Sample, error) {
			if err := left.cool(f); err != nil {
				return measure.Sample{}, err
			}
			return c.Run(ctx)
		}})
	}
	series, err := measure.Interleave(ctx, e.rounds(5), cases...)
	if err != nil {
		return err
	}
	const group = "programs on 1 GiB that is not in the page cache"
	wall := map[string][]float64{}
	for _, s := range series {
		wall[s.Name] = s.Map(measure.WallSeconds)
		row := report.Row{Group: group, Name: s.Name + ", wall", Unit: "s", Subject: s.Name, Time: report.Wall, Bytes: fileSize}
		r.Point(row, wall[s.Name]...)
		row.Name, row.Time, row.Bytes = s.Name+", CPU", report.CPU, 0
		r.Point(row, s.Map(measure.CPUSeconds)...)
	}
	r.Compare(group, "wall time, "+libraryFile+" over only reading", wall[libraryFile], wall[only])
	left.note(r)
	return nil
}

// heat is what was left in the page cache.
type heat struct {
	most    uint64
	unknown bool
}

func (h *heat) cool(f *os.File) error {
	if err := pagecache.Evict(f); err != nil {
		return err
	}
	resident, err := pagecache.Resident(f)
	if errors.Is(err, pagecache.ErrUnknown) {
		h.unknown = true
		return nil
	}
	h.most = max(h.most, resident)
	return err
}

func (h *heat) note(r *report.Report) {
	const how = "The file was taken out of the page cache before each program, by fsync and posix_fadvise(DONTNEED)"
	switch {
	case h.unknown:
		r.Notef("%s; this kernel has no cachestat to check that with.", how)
	default:
		r.Notef("%s; by cachestat at most %.2f %% of it was left there. A host below a virtual machine may still have it in its own memory.", how, 100*float64(h.most)/fileSize)
	}
}
