package suite

import (
	"context"
	"strconv"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// largest is hashed only where there is enough memory for it.
const largest = 4 << 30

// sizes are powers of four, with how often each takes turns.
func (e Env) sizes(r *report.Report) []struct{ bytes, rounds int } {
	var all []struct{ bytes, rounds int }
	for bytes := 4096; bytes <= largest; bytes *= 4 {
		if e.Quick && bytes > 64*mib {
			break
		}
		if bytes == largest && machine.Available() < 2*largest {
			r.Notef("There is not enough memory free to hash 4 GiB.")
			break
		}
		rounds := 21
		if bytes > 64*mib {
			rounds = max(21/(bytes/(64*mib)), 3)
		}
		all = append(all, struct{ bytes, rounds int }{bytes, e.rounds(rounds)})
	}
	return all
}

// digest compares hashers on the same bytes in memory, on one core.
func digest(ctx context.Context, e Env, r *report.Report) error {
	families := map[string]peer.Family{}
	for _, h := range hashers() {
		families[h.name] = h.family
	}
	for _, size := range e.sizes(r) {
		series, err := process.ChildOn[[]measure.Series](ctx, e.oneCore(), "hashers", strconv.Itoa(size.bytes), strconv.Itoa(size.rounds))
		if err != nil {
			return err
		}
		n := uint64(size.bytes) //nolint:gosec // positive
		group := "digest of " + report.Size(n) + " in memory, one core"
		cpu := map[string][]float64{}
		for _, s := range series {
			cpu[s.Name] = s.Map(measure.CPURate(n))
			row := report.Row{
				Group: group, Name: s.Name, Unit: "GB/s", Topic: report.BySize, Subject: s.Name,
				Family: string(families[s.Name]), Time: report.CPU, Bytes: n, Threads: 1,
			}
			r.Point(row, cpu[s.Name]...)
			row.Name, row.Time = s.Name+", by the clock", report.Wall
			r.Point(row, s.Map(measure.WallRate(n))...)
		}
		if size.bytes != 256<<10 && size.bytes != 64*mib && size.bytes != 1<<30 {
			continue // these stand for the caches, memory, and files
		}
		for _, other := range []string{peer.Leaves, peer.Stream, peer.Zeebo, peer.Lukechampine} {
			r.Compare(group, inPlace+" against "+other, cpu[inPlace], cpu[other])
		}
	}
	return nil
}
