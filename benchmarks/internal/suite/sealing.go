package suite

import (
	"context"
	"os"
	"time"

	"github.com/cockroachdb/errors"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/gpu"
)

// peakLimit is how much memory sealing a file of any size may take beyond the
// device's own.
const peakLimit = 96 // MiB

// loaded is what a process found that brought a file into device memory.
type loaded struct {
	measure.Sample
	Anon   uint64         `json:"anon_peak"` // most private memory seen while it loaded
	Memory process.Memory `json:"memory"`    // afterwards, with the bytes still on the device
}

// beyond is the most memory of the process without the device's, in MiB. All
// device memory is still mapped when it is read.
func (l loaded) beyond() float64 {
	return float64(l.Memory.Peak-min(l.Memory.Shmem, l.Memory.Peak)) / mib
}

// sealing compares sealing a file with copying it into the same device, each
// in a new process, so that the memory of both is new too.
func sealing(ctx context.Context, e Env, r *report.Report) error {
	file, err := warmFile(e.Dir)
	if err != nil {
		return err
	}
	const seal, ahead, simple = "seal", "copy, reading ahead", "copy, one thread"
	answers := map[string][]loaded{}
	child := func(name, part string, args ...string) measure.Case {
		return measure.Case{Name: name, Run: func(ctx context.Context) (measure.Sample, error) {
			answer, err := process.Child[loaded](ctx, part, append(args, file)...)
			answers[name] = append(answers[name], answer)
			return answer.Sample, err
		}}
	}
	series, err := measure.Interleave(ctx, e.rounds(11),
		child(seal, "seal", e.Dir), child(ahead, "copy", "ahead"), child(simple, "copy", "simple"))
	if err != nil {
		return err
	}
	const group = "sealing, 1 GiB from the page cache"
	wall := map[string][]float64{}
	for _, s := range series {
		wall[s.Name] = s.Map(measure.WallSeconds)
		r.Add(group, s.Name+", wall", "s", wall[s.Name]...)
		r.Add(group, s.Name+", CPU", "s", s.Map(measure.CPUSeconds)...)
	}
	r.Compare(group, "wall time, seal over copy that reads ahead", wall[seal], wall[ahead])
	r.Compare(group, "wall time, seal over copy with one thread", wall[seal], wall[simple])
	var anon, beyond []float64
	for _, l := range answers[seal] {
		if l.Memory.Shmem < fileSize {
			return errors.Newf("the device holds %d bytes of %d", l.Memory.Shmem, uint64(fileSize))
		}
		anon = append(anon, float64(l.Anon)/mib)
		beyond = append(beyond, l.beyond())
	}
	r.Add(group, "seal, most private memory (RssAnon)", "MiB", anon...)
	r.Add(group, "seal, most memory beyond the device's (VmHWM − RssShmem)", "MiB", beyond...)
	most := 0.0
	for _, b := range beyond {
		most = max(most, b)
	}
	r.AtMost("memory", "the most that a process needed to seal 1 GiB, beyond device memory, of all rounds", "MiB", most, peakLimit)
	return nil
}

// loading measures what fn does, and reads the memory before it is undone.
func loading(fn func() error) (loaded, error) {
	cpu, err := measure.ProcessCPU()
	if err != nil {
		return loaded{}, err
	}
	peak := process.Peak()
	start := time.Now()
	err = fn()
	wall := time.Since(start)
	anon, peakErr := peak()
	after, cpuErr := measure.ProcessCPU()
	memory, memErr := process.Now()
	return loaded{Sample: measure.Sample{Wall: wall, CPU: after - cpu}, Anon: anon, Memory: memory},
		errors.Join(err, peakErr, cpuErr, memErr)
}

// sealPart seals a file as a new engine's only shard: DIR FILE.
func sealPart(ctx context.Context, args []string) (_ any, err error) {
	if len(args) != 2 {
		return nil, errors.New("usage: seal DIR FILE")
	}
	engine, err := openEngine(ctx, args[0], 2*gpu.GiB)
	if err != nil {
		return nil, err
	}
	defer closeEngine(ctx, engine, &err)
	f, err := os.Open(args[1])
	if err != nil {
		return nil, errors.Wrap(err, "FILE")
	}
	l, err := loading(func() error {
		_, err := engine.Seal(ctx, vram.SealRequest{ID: "model", File: f})
		return err
	})
	return l, errors.Join(err, f.Close())
}
