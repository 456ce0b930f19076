package main

import (
	"context"
	"time"

	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudacheck"
)

// part is a part of the run: one of package cudacheck, or one of this program.
type part struct {
	name  string
	about string
	limit time.Duration
	run   func(ctx context.Context, o *options, r *cudacheck.Recorder) error // nil for those of cudacheck
}

// partProbe looks whether there is a GPU at all.
const partProbe = "probe"

// parts are all parts, in order: what others rest on first, and what may be cut
// off last.
func parts() []part {
	var all []part
	for _, p := range cudacheck.Parts() {
		all = append(all, part{name: p.Name, about: p.About, limit: p.Limit})
		if p.Name == "load" {
			all = append(all, part{"engine", "the engine as a library", 2 * time.Minute, engine})
		}
	}
	return append(all,
		part{"cli", "the engine's command line", time.Minute, commandLine},
		part{"conformance", "what every device must do", 150 * time.Second, conformance},
	)
}

// runPart runs one part in this process.
func (o *options) runPart(ctx context.Context, name string, emit func(cudacheck.Row)) error {
	for _, p := range append(parts(), part{name: partProbe, run: probed}) {
		if p.name == name && p.run != nil {
			return p.run(ctx, o, &cudacheck.Recorder{Part: name, Emit: emit})
		}
	}
	return cudacheck.Run(ctx, o.check, name, emit)
}

// backend is the driver with the options, and the name of the device.
func (o *options) backend() (*cuda.Backend, string, error) {
	b, err := cuda.New(cuda.Options{Libraries: o.check.Libraries, NVML: o.check.NVML, Kernel: cuda.Measured})
	if err != nil {
		return nil, "", err
	}
	infos, err := b.Devices()
	if err != nil {
		return nil, "", err
	}
	if o.check.Device < 0 || o.check.Device >= len(infos) {
		return nil, "", cuda.ErrNoDevice
	}
	return b, infos[o.check.Device].Name, nil
}

// probed tells the name of the device. That there is none is a finding too.
func probed(_ context.Context, o *options, r *cudacheck.Recorder) error {
	_, name, err := o.backend()
	if err != nil {
		r.Missing("device", "%v", err)
		return nil
	}
	r.Say("device", "%s", name)
	return nil
}

// probe asks in a child whether there is a GPU, and returns why not, or nothing.
func (o *options) probe(ctx context.Context, r *results) string {
	within, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	why := "the driver did not answer"
	err := o.spawn(within, partProbe, func(row cudacheck.Row) {
		if row.Verdict == cudacheck.NotMeasured {
			why = row.Value
			return
		}
		why = ""
		r.setDevice(row.Value)
	})
	if err != nil && why == "" {
		return err.Error()
	}
	return why
}
