package render

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/vbauerster/mpb/v8/decor"

	"github.com/vram-engine/vram-engine/gpu"
)

// barWidth is how many columns are left to the bar where there is room.
const barWidth = 20

// facts are what a progress says. Its methods with statistics make the texts
// of its lines, and take no lock but their own.
type facts struct {
	label string
	start time.Time

	mu          sync.Mutex
	done, total gpu.Bytes
	item        string
}

func (f *facts) set(done, total gpu.Bytes) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done, f.total = done, total
}

func (f *facts) setItem(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.item = text
}

func (f *facts) hasItem() bool { return f.inHand(decor.Statistics{}) != "" }

func (f *facts) inHand(decor.Statistics) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.item
}

// title begins at the left edge, also where the terminal has just shown what
// somebody typed, such as ^C.
func (f *facts) title(s decor.Statistics) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return "\r" + titleText(f.label, f.done, f.total, s.AvailableWidth/3)
}

func (f *facts) figures(s decor.Statistics) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return figuresText(f.done, f.total, time.Since(f.start), s.AvailableWidth-barWidth)
}

// titleText is what stands before the bar: a label of at most room
// characters, and the part that is done.
func titleText(label string, done, total gpu.Bytes, room int) string {
	if utf8.RuneCountInString(label) > max(room, 1) {
		label = string([]rune(label)[:max(room, 1)-1]) + "…"
	}
	if total == 0 {
		return label + " "
	}
	percent := int(100 * (float64(min(done, total)) / float64(total)))
	return fmt.Sprintf("%s %3d %% ", label, percent)
}

// figuresText is what stands behind the bar: as much of it as there is room
// for, what is most wanted last.
func figuresText(done, total gpu.Bytes, since time.Duration, room int) string {
	rate := float64(done) / max(since.Seconds(), 1e-3)
	parts := []string{fmt.Sprintf("%s of %s", done, total), Rate(rate)}
	switch {
	case total == 0:
		parts[0] = done.String()
	case done > 0 && done <= total:
		seconds := min(float64(total.SubSat(done))/rate, 1e9)
		parts = append(parts, (time.Duration(seconds)*time.Second).String()+" left")
	}
	for len(parts) > 1 && len(strings.Join(parts, "  ")) > room {
		parts = parts[1:]
	}
	return " " + strings.Join(parts, "  ")
}
