package cuda

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// Depth is how closely Diagnose looks.
type Depth int

// The depths.
const (
	Look Depth = iota // see whether each device takes a context
	Try               // open each device, and test its kernels
)

// Candidate is a device that the driver lists.
type Candidate struct {
	Number  int      // as the driver counts; Select takes it
	Info    gpu.Info // as far as it could be read; its index is the number
	Problem *Problem // nil: the device can be used
	Skipped bool     // an engine does without it, if there are others
	Tried   bool     // it was opened, and its kernels passed their test
}

// Diagnosis is what there is to say about the GPUs of this machine.
type Diagnosis struct {
	Driver  Driver
	Problem *Problem // why no device can be looked at; nil if they can
	Notes   []string // what an operator should know of process and system
	Devices []Candidate
}

// Usable counts the devices that can be used.
func (d Diagnosis) Usable() int {
	n := 0
	for _, c := range d.Devices {
		if c.Problem == nil {
			n++
		}
	}
	return n
}

// Diagnose looks at the driver and at every device that it lists, and says of
// each what keeps it from being used, and what to do. It leaves nothing on a
// device, and needs some of its memory for a moment. It blocks for up to
// seconds, and may be called from any goroutine. The error is
// ErrInvalidOptions.
func Diagnose(ctx context.Context, o Options, depth Depth) (Diagnosis, error) {
	o.EnsureDefaults()
	if err := o.Validate(); err != nil {
		return Diagnosis{}, err
	}
	return diagnose(ctx, o, depth, ownSurroundings(), "/"), nil
}

func diagnose(ctx context.Context, o Options, depth Depth, s surroundings, root string) Diagnosis {
	var d Diagnosis
	system, err := readPlatform(root)
	if err == nil && !system.windows {
		d.Notes, err = prepareEnvironment(s)
	}
	d.Notes = append(d.Notes, system.notes...)
	if err == nil && !system.windows {
		d.Driver = installed(o)
		d.Driver.askManager(o)
	}
	if err != nil {
		d.Problem = startProblem(err, system)
		return d
	}
	b, err := newBackend(o, s, root)
	if b == nil || len(b.devices)+len(b.refused) == 0 {
		d.Problem = startProblem(err, system)
		return d
	}
	common := d.Notes
	if again, err := readPlatform(root); err == nil {
		common = slices.Concat(d.Notes, again.notes) // the driver is loaded by now
	}
	d.Devices = b.candidates(common)
	var group sync.WaitGroup
	for i := range d.Devices {
		if c := &d.Devices[i]; c.Problem == nil {
			group.Go(func() { b.examine(ctx, c, depth) })
		}
	}
	group.Wait()
	return d
}

// candidates are all devices, by the driver's number. Notes that hold for all
// of them are left out.
func (b *Backend) candidates(common []string) []Candidate {
	var all []Candidate
	for _, f := range b.devices {
		info := f.info
		info.Index = f.ordinal
		info.Notes = slices.DeleteFunc(slices.Clone(info.Notes), func(note string) bool { return slices.Contains(common, note) })
		all = append(all, Candidate{Number: f.ordinal, Info: info})
	}
	for _, r := range b.refused {
		info := gpu.Info{Kind: gpu.KindCUDA, Index: r.Ordinal, UUID: r.UUID, Name: r.Name}
		p := b.problemOf(r)
		all = append(all, Candidate{Number: r.Ordinal, Info: info, Problem: p, Skipped: !p.Policy})
	}
	slices.SortFunc(all, func(x, y Candidate) int { return cmp.Compare(x.Number, y.Number) })
	return all
}

// problemOf tells a refusal by policy from a device that cannot be used.
func (b *Backend) problemOf(r Refusal) *Problem {
	p := &Problem{Text: r.Reason}
	handle, answer := b.lib.Device(r.Ordinal)
	if answer != driver.Success {
		return p
	}
	q := inquiry{lib: b.lib, ordinal: r.Ordinal, handle: handle}
	integrated := q.ask(driver.DeviceIntegrated) != 0
	coherent := q.ask(driver.DevicePageableMemoryAccessUsesHostPageTables) != 0
	old := 10*q.ask(driver.DeviceComputeCapabilityMajor)+q.ask(driver.DeviceComputeCapabilityMinor) < leastCapability
	p.Policy = q.err == nil && !old && (integrated || coherent && !b.options.AllowCoherent)
	return p
}

// examine finds out on a thread of its own whether the device can be had now.
func (b *Backend) examine(ctx context.Context, c *Candidate, depth Depth) {
	thread, err := gpu.NewThread(func() error { return b.attempt(c, depth) }, nil)
	if err == nil {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), threadEnd)
		defer cancel()
		err = thread.Close(ending)
	}
	if err != nil {
		c.Problem = &Problem{Text: textOf(err, ErrNoDevice)}
	}
}

// threadEnd is how long an idle thread may take to end.
const threadEnd = 10 * time.Second

// attempt uses the device, and gives it back.
func (b *Backend) attempt(c *Candidate, depth Depth) error {
	i := slices.IndexFunc(b.devices, func(f facts) bool { return f.ordinal == c.Number })
	if i < 0 {
		return errors.AssertionFailedf("cuda: device %d is no candidate", c.Number)
	}
	const op = "diagnose"
	if depth == Look {
		d := &device{lib: b.lib, options: b.options, handle: b.devices[i].handle, info: b.devices[i].info}
		err := d.makeContext(op)
		return errors.CombineErrors(err, d.dropContext(op))
	}
	d, err := open(b.lib, b.options, b.texts, b.devices[i])
	if err != nil {
		return err
	}
	info := d.Info()
	if err := d.Close(); err != nil {
		return err
	}
	c.Tried, c.Info.ReadOnlyMappings = true, info.ReadOnlyMappings
	for _, note := range info.Notes {
		if !slices.Contains(b.devices[i].info.Notes, note) {
			c.Info.Notes = append(c.Info.Notes, note)
		}
	}
	return nil
}
