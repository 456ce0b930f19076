package render

import (
	"io"
	"os"
	"sync"

	"github.com/cockroachdb/errors"
	"github.com/vbauerster/mpb/v8"
)

// Screen is where a person looks: a writer, below whose lines progress is
// drawn if it is a terminal. It may be used by several goroutines.
type Screen struct {
	w        io.Writer
	terminal *os.File // w, if it is a terminal
	mu       sync.Mutex
	bars     *mpb.Progress // while progress is drawn
}

// NewScreen makes a screen of w, which it keeps.
func NewScreen(w io.Writer) *Screen {
	s := &Screen{w: w}
	if f, ok := w.(*os.File); ok && IsTerminal(f) {
		s.terminal = f
	}
	return s
}

// NewQuietScreen makes a screen of w on which no progress is drawn.
func NewQuietScreen(w io.Writer) *Screen { return &Screen{w: w} }

// Draws tells whether progress is drawn.
func (s *Screen) Draws() bool { return s.terminal != nil }

// Write writes whole lines. While progress is drawn they appear above it,
// within a tenth of a second. It blocks as the writer does.
func (s *Screen) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bars != nil {
		n, err := s.bars.Write(lines)
		if !errors.Is(err, mpb.ErrDone) {
			return n, err
		}
	}
	return s.w.Write(lines)
}

// Over returns a writer of whole lines to w: the screen, if both are the same
// terminal, so that lines and progress do not run into each other, and else w.
func (s *Screen) Over(w io.Writer) io.Writer {
	f, ok := w.(*os.File)
	if !ok || s.terminal == nil {
		return w
	}
	one, err := f.Stat()
	if err != nil {
		return w
	}
	other, err := s.terminal.Stat()
	if err != nil || !os.SameFile(one, other) {
		return w
	}
	return s
}

// begin begins to draw, and end ends it when what was drawn is gone.
func (s *Screen) begin() *mpb.Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bars == nil {
		s.bars = mpb.New(mpb.WithOutput(s.terminal), mpb.WithRefreshRate(redrawEvery))
	}
	return s.bars
}

func (s *Screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bars.Wait()
	s.bars = nil
}
