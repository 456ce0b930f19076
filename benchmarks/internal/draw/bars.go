//nolint:misspell // package image and gonum spell it so
package draw

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bar is one of a chart; the first is drawn on top.
type bar struct {
	name             string
	value, low, high float64
	limit            float64 // marked, if not zero
	text             string  // behind the bar
	color            color.Color
}

// legend is a colour and what it stands for.
type legend struct {
	color color.Color
	text  string
}

// bars draws a chart of horizontal bars with their spread.
func bars(p *plot.Plot, all []bar, meaning []legend) error {
	slices.Reverse(all) // the axis grows upwards
	names := make([]string, 0, len(all))
	texts := plotter.XYLabels{}
	var spread, limits spans
	most := 0.0
	for i, b := range all {
		names = append(names, b.name)
		chart, err := plotter.NewBarChart(plotter.Values{b.value}, 20*pixel)
		if err != nil {
			return err
		}
		chart.Horizontal, chart.XMin, chart.Color = true, float64(i), b.color
		chart.LineStyle.Width = 0
		p.Add(chart)
		at := plotter.XY{X: b.value, Y: float64(i)}
		spread.add(at, plotter.XY{X: b.value - b.low, Y: b.high - b.value})
		if b.limit > 0 {
			limits.XYs = append(limits.XYs, plotter.XY{X: b.limit, Y: float64(i)})
		}
		end := max(b.value, b.high)
		texts.XYs = append(texts.XYs, plotter.XY{X: end, Y: float64(i)})
		texts.Labels = append(texts.Labels, b.text)
		most = max(most, end)
	}
	whiskers, err := plotter.NewXErrorBars(spread)
	if err != nil {
		return err
	}
	whiskers.Color, whiskers.Width, whiskers.CapWidth = black, pixel, 6*pixel
	p.Add(whiskers)
	if err := addLimits(p, limits.XYs); err != nil {
		return err
	}
	labels, err := plotter.NewLabels(texts)
	if err != nil {
		return err
	}
	labels.Offset.X = 6 * pixel
	for i := range labels.TextStyle {
		style(&labels.TextStyle[i], 10)
		labels.TextStyle[i].YAlign = text.YCenter
	}
	p.Add(labels)
	p.NominalY(names...)
	p.X.Min, p.X.Max = 0, most*1.18
	p.X.Tick.Marker = steps{}
	p.Y.Min, p.Y.Max = -0.7, float64(len(all))-0.3
	for _, m := range meaning {
		p.Legend.Add(m.text, patch{m.color})
	}
	p.Legend.Left, p.Legend.Top = false, meanLength(all[len(all)/2:]) < meanLength(all[:len(all)/2])
	p.Legend.XOffs, p.Legend.YOffs = -8*pixel, 8*pixel
	if p.Legend.Top {
		p.Legend.YOffs = -8 * pixel
	}
	return nil
}

// meanLength is the mean length of some bars: the legend goes where it is less.
func meanLength(some []bar) float64 {
	sum := 0.0
	for _, b := range some {
		sum += b.value
	}
	return sum / float64(max(len(some), 1))
}

// addLimits marks points with upright strokes.
func addLimits(p *plot.Plot, at plotter.XYs) error {
	if len(at) == 0 {
		return nil
	}
	scatter, err := plotter.NewScatter(at)
	if err != nil {
		return err
	}
	scatter.GlyphStyle = draw.GlyphStyle{Color: vermillion, Radius: 10 * pixel, Shape: stroke{}}
	p.Add(scatter)
	p.Legend.Add("limit of the processor's units", scatter)
	return nil
}

// spans are points with a spread to both sides.
type spans struct {
	plotter.XYs
	errors []plotter.XY
}

func (s *spans) add(at, spread plotter.XY) {
	s.XYs = append(s.XYs, at)
	s.errors = append(s.errors, spread)
}

// XError implements plotter.XErrorer.
func (s spans) XError(i int) (float64, float64) { return s.errors[i].X, s.errors[i].Y }

// YError implements plotter.YErrorer.
func (s spans) YError(i int) (float64, float64) { return s.errors[i].X, s.errors[i].Y }

// patch is a thumbnail of one colour.
type patch struct{ color color.Color }

// Thumbnail implements plot.Thumbnailer.
func (p patch) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(p.color, c.ClipPolygonXY([]vg.Point{{X: c.Min.X, Y: c.Min.Y}, {X: c.Min.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Min.Y}}))
}

// stroke is a glyph: an upright line.
type stroke struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (stroke) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	c.SetLineStyle(draw.LineStyle{Color: s.Color, Width: 3 * pixel})
	var line vg.Path
	line.Move(vg.Point{X: at.X, Y: at.Y - s.Radius})
	line.Line(vg.Point{X: at.X, Y: at.Y + s.Radius})
	c.Stroke(line)
}

// figure has as many digits as the value deserves.
func figure(v float64) string {
	if v >= 10 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
