package render

import (
	"fmt"
	"io"
	"time"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
	"github.com/vram-engine/vram-engine/gpu"
)

// redrawEvery limits how often a line is redrawn.
const redrawEvery = 100 * time.Millisecond

// Progress is a line on a terminal that says how far something is.
type Progress struct {
	w     io.Writer
	label string
	start time.Time
	drawn time.Time
}

// NewProgress makes a line that starts with label. On anything but a terminal
// it stays silent.
func NewProgress(w io.Writer, label string) *Progress {
	p := &Progress{label: clean.Line(label), start: time.Now()}
	if IsTerminal(w) {
		p.w = w
	}
	return p
}

// OverProgress returns a writer of whole lines that do not run into a progress
// line on the same terminal. What is no terminal is returned as it is.
func OverProgress(w io.Writer) io.Writer {
	if IsTerminal(w) {
		return overProgress{w}
	}
	return w
}

type overProgress struct{ w io.Writer }

func (o overProgress) Write(p []byte) (int, error) {
	if _, err := io.WriteString(o.w, "\r\x1b[K"); err != nil {
		return 0, err
	}
	return o.w.Write(p)
}

// Report redraws the line, at most ten times a second. It blocks as the
// terminal does.
func (p *Progress) Report(done, total gpu.Bytes) error {
	now := time.Now()
	if p.w == nil || now.Sub(p.drawn) < redrawEvery {
		return nil
	}
	p.drawn = now
	_, err := fmt.Fprintf(p.w, "\r\x1b[K%s", p.line(done, total, now.Sub(p.start)))
	return err
}

// Done removes the line. It blocks as the terminal does.
func (p *Progress) Done() error {
	if p.w == nil || p.drawn.IsZero() {
		return nil
	}
	_, err := fmt.Fprint(p.w, "\r\x1b[K")
	return err
}

func (p *Progress) line(done, total gpu.Bytes, since time.Duration) string {
	percent := 100.0
	if total > 0 {
		percent = 100 * float64(done) / float64(total)
	}
	text := fmt.Sprintf("%s  %3.0f %%  %s of %s", p.label, percent, done, total)
	if since > time.Second {
		text += "  " + Rate(float64(done)/since.Seconds())
	}
	return text
}

// Rate writes a number of bytes a second for a person, in powers of ten as
// throughput usually is.
func Rate(bytesPerSecond float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"GB/s", 1e9}, {"MB/s", 1e6}, {"kB/s", 1e3}} {
		if bytesPerSecond >= u.size {
			return fmt.Sprintf("%.1f %s", bytesPerSecond/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.0f B/s", bytesPerSecond)
}
