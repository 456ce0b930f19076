package suite

import (
	"context"
	"strconv"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/machine"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// forced are the names that force an implementation of package verity; the
// empty one leaves it the choice.
func forced() []string {
	return []string{"", "avx512x2", "avx512zen5", "avx512", "avx512vl", "avx2", "shani", "go"}
}

// standardName is what the rows of crypto/sha256 are called.
const standardName = "crypto/sha256 per leaf"

// kernels compares all implementations that this processor can execute, each
// in a process of its own where it is forced, on one core and by turns.
func kernels(ctx context.Context, e Env, r *report.Report) (err error) {
	file, err := warmFile(e.Dir)
	if err != nil {
		return err
	}
	var children []kernelChild
	defer func() {
		for _, c := range children {
			err = errors.Join(err, c.server.Close())
		}
	}()
	for _, name := range forced() {
		server, err := process.Serve(ctx, e.oneCore(verity.ForceVariable+"="+name), "kernel", file)
		if err != nil {
			return err
		}
		c := kernelChild{server: server}
		answer, err := process.Ask[kernelName](server, "name")
		if err != nil || answer.Warning != "" {
			err = errors.Join(err, server.Close())
			if err != nil {
				return err
			}
			r.Notef("This processor cannot execute the implementation %s of seal/verity.", name)
			continue
		}
		c.name = answer.Implementation
		if name == "" {
			c.name, c.implementation = "automatic: "+c.name, c.name
		} else {
			c.implementation = c.name
		}
		if name == "go" {
			c.name = "crypto/sha256 in seal/verity"
		}
		children = append(children, c)
	}
	for _, where := range []string{"cache", "memory"} {
		if err := compareKernels(e, r, children, where); err != nil {
			return err
		}
	}
	return nil
}

// kernelChild is a process with one implementation, and what it found.
type kernelChild struct {
	server               *process.Server
	name, implementation string
}

func compareKernels(e Env, r *report.Report, children []kernelChild, where string) error {
	group := map[string]string{
		"cache":  "kernels, 256 KiB in the second-level cache, one core",
		"memory": "kernels, 1 GiB of the page cache, mapped, one core",
	}[where]
	found := make([][]kernelSlice, len(children))
	turn := 0
	for round := range e.rounds(31) + 1 {
		for i := range children {
			at := (i + round) % len(children)
			slice, err := process.Ask[kernelSlice](children[at].server, where+" "+strconv.Itoa(turn))
			if err != nil {
				return err
			}
			turn++
			if round > 0 {
				found[at] = append(found[at], slice)
			}
		}
	}
	kind := machine.KindOf()
	var every []kernelSlice
	for i, c := range children {
		every = append(every, found[i]...)
		addKernel(r, group, where, c, limitOf(c.implementation, kind), found[i], func(s kernelSlice) clocked { return s.Kernel })
		r.Compare(group, c.name+" against crypto/sha256 per leaf", of(found[i], func(s kernelSlice) float64 { return s.Kernel.rate() }),
			of(found[i], func(s kernelSlice) float64 { return s.Standard.rate() }))
	}
	addKernel(r, group, where, kernelChild{name: standardName, implementation: standardName}, 0, every, func(s kernelSlice) clocked { return s.Standard })
	return nil
}

func addKernel(r *report.Report, group, where string, c kernelChild, limit float64, found []kernelSlice, part func(kernelSlice) clocked) {
	row := report.Row{Group: group, Topic: report.Kernels, Subject: c.name, Family: where, Threads: 1, Time: report.CPU}
	rate := row
	rate.Name, rate.Unit = c.name, "GB/s"
	r.Point(rate, of(found, func(s kernelSlice) float64 { return part(s).rate() })...)
	wall := rate
	wall.Name, wall.Time = c.name+", by the clock", report.Wall
	r.Point(wall, of(found, func(s kernelSlice) float64 { return sliceSize / part(s).Wall.Seconds() / 1e9 })...)
	if len(found) == 0 || part(found[0]).GHz == 0 {
		return
	}
	cycles := row
	cycles.Name, cycles.Unit, cycles.Limit = c.name, "cycles/byte", limit
	r.Point(cycles, of(found, func(s kernelSlice) float64 { return part(s).cyclesPerByte() })...)
	ghz := row
	ghz.Name, ghz.Unit = c.name+", clock", "GHz"
	r.Point(ghz, of(found, func(s kernelSlice) float64 { return part(s).GHz })...)
}

// of takes one figure of each.
func of[T any](found []T, figure func(T) float64) []float64 {
	values := make([]float64, 0, len(found))
	for _, f := range found {
		values = append(values, figure(f))
	}
	return values
}
