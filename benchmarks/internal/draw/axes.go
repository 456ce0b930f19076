package draw

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"

	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// marks are those of an axis of logarithms: each of the values, which the axis
// has as its logarithm. The logarithmic scale of package plot would place the
// axis' name as if the values themselves were meant, and make room for that.
type marks struct {
	values []float64
	text   func(float64) string
}

// Ticks implements plot.Ticker.
func (m marks) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for _, v := range m.values {
		if at := math.Log10(v); at >= low-1e-6 && at <= high+1e-6 {
			ticks = append(ticks, plot.Tick{Value: at, Label: m.text(v)})
		}
	}
	return ticks
}

// logarithms are the points with the logarithm of x, and of y too if asked for.
func logarithms(all []line, ys bool) {
	for _, l := range all {
		for i, pt := range l.points {
			l.points[i].x = math.Log10(pt.x)
			if ys {
				l.points[i].y, l.points[i].low, l.points[i].high = math.Log10(pt.y), math.Log10(pt.low), math.Log10(pt.high)
			}
		}
	}
}

// marksOf are marks where the lines have points.
func marksOf(all []line, text func(float64) string) marks {
	m := marks{text: text}
	for _, l := range all {
		for _, pt := range l.points {
			if !slices.Contains(m.values, pt.x) {
				m.values = append(m.values, pt.x)
			}
		}
	}
	return m
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
