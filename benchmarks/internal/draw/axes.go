package draw

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"

	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// powers are the marks of a logarithmic axis: each of the values in use.
type powers struct {
	values []float64
	text   func(float64) string
}

// Ticks implements plot.Ticker.
func (t powers) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for _, v := range t.values {
		if v >= low*0.999 && v <= high*1.001 {
			ticks = append(ticks, plot.Tick{Value: v, Label: t.text(v)})
		}
	}
	return ticks
}

// logarithmic gives an axis marks where the lines have points.
func logarithmic(axis *plot.Axis, all []line, text func(float64) string) {
	t := powers{text: text}
	for _, l := range all {
		for _, pt := range l.points {
			if !slices.Contains(t.values, pt.x) {
				t.values = append(t.values, pt.x)
			}
		}
	}
	slices.Sort(t.values)
	axis.Scale, axis.Tick.Marker = plot.LogScale{}, t
}

func sizeText(v float64) string { return report.Size(uint64(v)) }

func countText(v float64) string { return strconv.Itoa(int(v)) }

// steps are the marks of an axis of numbers: at most ten round ones.
type steps struct{}

// Ticks implements plot.Ticker.
func (steps) Ticks(low, high float64) []plot.Tick {
	step := math.Pow(10, math.Floor(math.Log10(max(high-low, 1e-9)/10)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if (high-low)/(step*factor) <= 10 {
			step *= factor
			break
		}
	}
	var ticks []plot.Tick
	for i := math.Ceil(low / step); i*step <= high*1.0001; i++ {
		v := i * step
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)})
	}
	return ticks
}
