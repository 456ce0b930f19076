//nolint:misspell // package image and gonum spell it so
package draw

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// point is one of a line.
type point struct{ x, y, low, high float64 }

// line is one subject.
type line struct {
	name   string
	points []point
}

// linesOf collects the rows of a topic by subject, in their order.
func linesOf(rows []report.Row, of func(report.Row) (point, bool)) []line {
	var all []line
	for _, row := range rows {
		at, ok := of(row)
		if !ok {
			continue
		}
		i := slices.IndexFunc(all, func(l line) bool { return l.name == row.Subject })
		if i < 0 {
			i = len(all)
			all = append(all, line{name: row.Subject})
		}
		all[i].points = append(all[i].points, at)
	}
	return all
}

// looks tell lines apart by colour, mark and dashes.
func looks() []struct {
	color color.Color
	mark  draw.GlyphDrawer
} {
	return []struct {
		color color.Color
		mark  draw.GlyphDrawer
	}{
		{blue, draw.CircleGlyph{}}, {green, draw.SquareGlyph{}}, {grey, draw.TriangleGlyph{}}, {orange, draw.BoxGlyph{}},
		{black, draw.CrossGlyph{}}, {skyBlue, draw.PyramidGlyph{}}, {vermillion, draw.RingGlyph{}}, {purple, draw.PlusGlyph{}},
	}
}

// lines draws them with their spread.
func lines(p *plot.Plot, all []line) error {
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = paleGrid, paleGrid
	p.Add(grid)
	for i, l := range all {
		look := looks()[i%len(looks())]
		var at spans
		for _, pt := range l.points {
			at.add(plotter.XY{X: pt.x, Y: pt.y}, plotter.XY{X: pt.y - pt.low, Y: pt.high - pt.y})
		}
		path, marks, err := plotter.NewLinePoints(at.XYs)
		if err != nil {
			return err
		}
		path.Color, path.Width = look.color, 2*pixel
		if i%len(looks()) > 1 {
			path.Dashes = []vg.Length{5 * pixel, 3 * pixel}
		}
		marks.GlyphStyle = draw.GlyphStyle{Color: look.color, Radius: 4 * pixel, Shape: look.mark}
		whiskers, err := plotter.NewYErrorBars(at)
		if err != nil {
			return err
		}
		whiskers.Color, whiskers.Width, whiskers.CapWidth = look.color, pixel, 6*pixel
		p.Add(whiskers, path, marks)
		p.Legend.Add(l.name, path, marks)
	}
	return nil
}
