//nolint:misspell // package image and gonum spell it so
package draw

import (
	"image/color"
	"io"
	"os"
	"path/filepath"

	"github.com/cockroachdb/errors"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// width in pixels of a screen; lengths of gonum are points of 1/72 inch.
const (
	width = 800
	pixel = vg.Inch / 96

	margin = 14 * pixel
)

// The colours of Okabe and Ito.
var (
	black      = color.RGBA{0, 0, 0, 255}
	grey       = color.RGBA{153, 153, 153, 255}
	orange     = color.RGBA{230, 159, 0, 255}
	skyBlue    = color.RGBA{86, 180, 233, 255}
	green      = color.RGBA{0, 158, 115, 255}
	blue       = color.RGBA{0, 114, 178, 255}
	vermillion = color.RGBA{213, 94, 0, 255}
	purple     = color.RGBA{204, 121, 167, 255}
	paleGrid   = color.RGBA{225, 225, 225, 255}
)

func sans(size float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
}

func style(t *text.Style, size float64) { t.Font = sans(size) }

// newPlot begins a picture. Its title ends with the machine and the day.
func newPlot(r *report.Report, title string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Title.Text = title + "\n" + r.Machine.CPU + ", " + r.Started.Format("2006-01-02")
	p.Title.Padding = 8 * pixel
	style(&p.Title.TextStyle, 12)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		style(&axis.Label.TextStyle, 11)
		style(&axis.Tick.Label, 10)
		axis.Label.Padding = 6 * pixel
	}
	style(&p.Legend.TextStyle, 10)
	p.Legend.Padding = 2 * pixel
	p.Legend.ThumbnailWidth = 24 * pixel
	return p
}

// save writes the picture as SVG, and as PNG of 800 pixels' width.
func save(p *plot.Plot, dir, name string, height vg.Length) (paths []string, err error) {
	for _, kind := range []string{"svg", "png"} {
		canvas, err := draw.NewFormattedCanvas(width*pixel, height*pixel, kind)
		if err != nil {
			return nil, errors.Wrap(err, "the picture")
		}
		all := draw.New(canvas)
		all.SetColor(color.White)
		all.Fill(all.Rectangle.Path())
		p.Draw(draw.Crop(all, margin, -margin, margin, -margin))
		path := filepath.Join(dir, name+"."+kind)
		if err := write(path, canvas); err != nil {
			return nil, errors.Wrap(err, "the picture")
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func write(path string, content io.WriterTo) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = content.WriteTo(f)
	return errors.Join(err, f.Close())
}
