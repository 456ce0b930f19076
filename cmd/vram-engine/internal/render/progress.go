package render

import (
	"io"
	"math"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
	"github.com/vram-engine/vram-engine/gpu"
)

const (
	redrawEvery = 100 * time.Millisecond
	// shownAfter is how long something takes before its progress is drawn.
	shownAfter = 200 * time.Millisecond
)

// Progress is a line on a screen that says how far something is, with a
// second one below for what is in hand. It may be used by several goroutines.
type Progress struct {
	screen *Screen
	facts  facts
	start  time.Time

	mu   sync.Mutex // held while the screen is asked for something, which asks for the facts
	bars []*mpb.Bar // the first has the figures
	over bool
}

// Progress makes a progress that starts with label. It is silent where the
// screen is no terminal. A screen has one at a time.
func (s *Screen) Progress(label string) *Progress {
	now := time.Now()
	return &Progress{screen: s, start: now, facts: facts{label: clean.Line(label), start: now}}
}

// Item tells what is in hand, for the line below. It does not block.
func (p *Progress) Item(text string) { p.facts.setItem(clean.Line(text)) }

// Report tells how much is done of how much; a total of 0 is unknown. The
// first report after a moment draws the line. It blocks while the terminal
// does.
func (p *Progress) Report(done, total gpu.Bytes) {
	p.facts.set(done, total)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.screen.terminal == nil || p.over {
		return
	}
	if p.bars == nil && time.Since(p.start) >= shownAfter {
		p.bars = p.draw()
	}
	if len(p.bars) > 0 {
		p.bars[0].SetTotal(int64(min(total, math.MaxInt64)), false)
		p.bars[0].SetCurrent(int64(min(done, math.MaxInt64)))
	}
}

// draw adds the lines to the screen.
func (p *Progress) draw() []*mpb.Bar {
	screen := p.screen.begin()
	figures, err := screen.Add(0, known{mpb.BarStyle().Build()}, mpb.BarFillerTrim(),
		mpb.PrependDecorators(decor.Any(p.facts.title)), mpb.AppendDecorators(decor.Any(p.facts.figures)))
	if err != nil { // the screen has ended
		return nil
	}
	if !p.facts.hasItem() {
		return []*mpb.Bar{figures}
	}
	item, err := screen.Add(0, mpb.NopStyle().Build(), mpb.BarFillerTrim(), mpb.PrependDecorators(decor.Any(p.facts.inHand)))
	if err != nil {
		return []*mpb.Bar{figures}
	}
	return []*mpb.Bar{figures, item}
}

// known is a bar that is drawn when its total is known.
type known struct{ mpb.BarFiller }

// Fill is mpb.BarFiller's.
func (k known) Fill(w io.Writer, s decor.Statistics) error {
	if s.Total <= 0 {
		return nil
	}
	return k.BarFiller.Fill(w, s)
}

// Done removes the lines. It blocks until they are gone.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	if p.bars == nil {
		return
	}
	for _, bar := range p.bars {
		bar.Abort(true)
	}
	p.bars = nil
	p.screen.end()
}
