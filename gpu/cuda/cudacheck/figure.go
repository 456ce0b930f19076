package cudacheck

// Figure is something that is measured beside a target.
type Figure struct {
	Part   string
	Name   string
	Unit   string
	Target string // for a person; it holds for an H100 or H200
	limit  float64
	atMost bool // the limit is the most that is allowed, and not the least
}

// The figures, by what they tell.
const (
	figureVerify = "full verify of 8 GB or more"
	figureShard  = "one shard of 64 MiB, time of the GPU"
	figureBatch  = "1,000 shards of 8 MiB in one batch, against one shard of the same size"
	figureLoad   = "load, digest and read-only mapping with pinned staging, against the raw copy"
	figurePatrol = "patrol of 80 GB every 10 s, share of the multiprocessors' time"
	figureStart  = "start to ready"
)

// Figures lists the figures that a complete run measures.
func Figures() []Figure {
	return []Figure{
		{Part: partDevice, Name: figureStart, Unit: "s", Target: "under 2 s", limit: 2, atMost: true},
		{Part: partDigest, Name: figureShard, Unit: "ms", Target: "under 0.5 ms", limit: 0.5, atMost: true},
		{Part: partDigest, Name: figureBatch, Target: "at least 0.9", limit: 0.9},
		{Part: partVerify, Name: figureVerify, Unit: "GB/s", Target: "floor 500, goal 700, stretch 850 GB/s", limit: 500},
		{Part: partVerify, Name: figurePatrol, Unit: "%", Target: "at most 2 %", limit: 2, atMost: true},
		{Part: partLoad, Name: figureLoad, Target: "at most 1.05 times as long", limit: 1.05, atMost: true},
	}
}

// Row is the figure as it stands where nothing could be measured.
func (f Figure) Row(why string) Row {
	return Row{Part: f.Part, Name: f.Name, Value: why, Target: f.Target, Verdict: NotMeasured}
}

// Figure records the samples of a figure. On a simulated driver they are
// written, but nothing is measured.
func (r *Recorder) Figure(name string, samples ...float64) {
	for _, f := range Figures() {
		if f.Name != name || len(samples) == 0 {
			continue
		}
		row := Row{Part: r.Part, Name: name, Target: f.Target, Unit: f.Unit, Samples: samples}
		v := median(samples)
		row.Value, row.Verdict = quantity(v, f.Unit), f.judge(v)
		if r.Simulated {
			row.Value, row.Verdict = row.Value+" (simulated driver)", NotMeasured
		}
		r.Emit(row)
	}
}

// NoFigure records that a figure could not be measured, and why.
func (r *Recorder) NoFigure(name, why string) {
	for _, f := range Figures() {
		if f.Name == name {
			r.Emit(f.Row(why))
		}
	}
}

func (f Figure) judge(v float64) Verdict {
	if f.atMost && v <= f.limit || !f.atMost && v >= f.limit {
		return Met
	}
	return Missed
}
