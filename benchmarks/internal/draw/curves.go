package draw

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"

	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// bySize draws hashes of memory on one core.
func bySize(r *report.Report) (*plot.Plot, error) {
	all := linesOf(r.Of(report.BySize), func(row report.Row) (point, bool) {
		rate, low, high, ok := row.Rate()
		return point{float64(row.Bytes), rate, low, high}, ok && row.Time == report.CPU
	})
	if len(all) == 0 {
		return nil, nil
	}
	p := newPlot(r, "Throughput by size of the data in memory, one core")
	p.X.Label.Text = "size"
	p.Y.Label.Text = "median GB for a second of processor time"
	p.X.Tick.Marker = marksOf(all, sizeText)
	logarithms(all, false)
	if err := lines(p, all); err != nil {
		return nil, err
	}
	p.Y.Min, p.Y.Max = 0, p.Y.Max*1.45 // the legend is on top
	p.Y.Tick.Marker = steps{}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.XOffs, p.Legend.YOffs = 8*pixel, -6*pixel
	return p, nil
}

// byThreads draws what more threads bring.
func byThreads(r *report.Report) (*plot.Plot, error) {
	all := linesOf(r.Of(report.ByThreads), func(row report.Row) (point, bool) {
		rate, low, high, ok := row.Rate()
		return point{float64(row.Threads), rate, low, high}, ok && row.Time == report.Wall
	})
	if len(all) == 0 {
		return nil, nil
	}
	p := newPlot(r, "Throughput by threads")
	p.X.Label.Text = "threads"
	p.Y.Label.Text = "median GB for a second of the clock"
	p.X.Tick.Marker = marksOf(all, countText)
	logarithms(all, false)
	if err := lines(p, all); err != nil {
		return nil, err
	}
	p.X.Min, p.X.Max = p.X.Min-0.05, p.X.Max+0.05
	p.Y.Min, p.Y.Max = 0, p.Y.Max*1.3
	p.Y.Tick.Marker = steps{}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.XOffs, p.Legend.YOffs = 8*pixel, -6*pixel
	return p, nil
}

// latency draws how long verifying a shard takes.
func latency(r *report.Report) (*plot.Plot, error) {
	all := linesOf(r.Of(report.Latency), func(row report.Row) (point, bool) {
		return point{float64(row.Bytes), row.Median, row.P10, row.P90}, row.Unit == "µs" && row.P10 > 0
	})
	if len(all) == 0 {
		return nil, nil
	}
	p := newPlot(r, "Time of a verify by size of the shard, one engine, simulated device")
	p.X.Label.Text = "size of the shard"
	p.Y.Label.Text = "median time; whiskers: 10th to 90th percentile"
	p.X.Tick.Marker = marksOf(all, sizeText)
	p.Y.Tick.Marker = marks{values: []float64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7}, text: timeText}
	logarithms(all, true)
	if err := lines(p, all); err != nil {
		return nil, err
	}
	p.Y.Min, p.Y.Max = math.Floor(p.Y.Min), math.Ceil(p.Y.Max)
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.XOffs, p.Legend.YOffs = 8*pixel, -6*pixel
	return p, nil
}

// timeText writes microseconds.
func timeText(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g s", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%g ms", v/1e3)
	}
	return fmt.Sprintf("%g µs", v)
}
