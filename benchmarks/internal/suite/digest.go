package suite

import (
	"context"
	"crypto/rand"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

const mib = 1 << 20

// digest compares hashers on the same bytes, once where they are in a cache of
// the processor and once where they come from memory.
func digest(ctx context.Context, e Env, r *report.Report) error {
	for _, place := range []struct {
		name   string
		size   int
		repeat int // so that a sample takes milliseconds
	}{{"256 KiB, in cache", 256 << 10, 64}, {"64 MiB, in memory", 64 * mib, 1}} {
		data := make([]byte, place.size)
		if _, err := rand.Read(data); err != nil {
			return errors.Wrap(err, "random bytes")
		}
		var cases []measure.Case
		for _, h := range hashers() {
			cases = append(cases, measure.Self(h.name, func(ctx context.Context) error {
				for range place.repeat {
					if err := h.hash(ctx, data); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		series, err := measure.Interleave(ctx, e.rounds(41), cases...)
		if err != nil {
			return err
		}
		group := "digest, " + place.name
		rates := map[string][]float64{}
		for _, s := range series {
			rates[s.Name] = s.Map(measure.WallRate(uint64(len(data) * place.repeat))) //nolint:gosec // small and positive
			r.Add(group, s.Name, "GB/s", rates[s.Name]...)
		}
		r.Compare(group, "seal/verity in place against crypto/sha256 per leaf", rates[inPlace], rates[plainLeaves])
		r.Compare(group, "seal/verity in place against one stream of crypto/sha256", rates[inPlace], rates[plainStream])
		if place.size > mib { // less is not divided among threads
			r.Compare(group, "seal/verity: all threads against one", rates[readerAll()], rates[reader])
		}
	}
	return nil
}
