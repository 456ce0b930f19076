package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/gpu"
)

// meter adds up how far the files of a batch are, and shows it.
type meter struct {
	progress *render.Progress // nil: nobody looks
	count    int
	endless  bool        // the standard input is among them: nobody knows the total
	sizes    []gpu.Bytes // what each file counts in the total

	mu          sync.Mutex
	done, total gpu.Bytes
}

// newMeter looks at the sizes of all files if the screen draws.
func newMeter(screen *render.Screen, names []string) *meter {
	m := &meter{count: len(names), endless: slices.Contains(names, "-")}
	if !screen.Draws() {
		return m
	}
	m.progress = screen.Progress("digesting")
	m.sizes = make([]gpu.Bytes, len(names))
	for i, name := range names {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			m.sizes[i] = gpu.Bytes(max(info.Size(), 0))
			m.total = m.total.AddSat(m.sizes[i])
		}
	}
	return m
}

// item shows which file is waited for.
func (m *meter) item(i int, name string) {
	if m.progress != nil && m.count > 1 {
		m.progress.Item(fmt.Sprintf("%d of %d  %s", i+1, m.count, name))
	}
}

// end removes what is shown.
func (m *meter) end() {
	if m.progress != nil {
		m.progress.Done()
	}
}

// add counts what was done, and what the total has become.
func (m *meter) add(done, more, less gpu.Bytes) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = m.done.AddSat(done)
	m.total = m.total.AddSat(more).SubSat(less)
	if m.endless {
		m.progress.Report(m.done, 0)
	} else {
		m.progress.Report(m.done, m.total)
	}
}

// file is the meter of one file.
func (m *meter) file(i int) *fileMeter {
	f := &fileMeter{all: m}
	if m.progress != nil {
		f.counted = m.sizes[i]
	}
	return f
}

// fileMeter says how far one file is. It belongs to one goroutine.
type fileMeter struct {
	all     *meter
	counted gpu.Bytes // in the total
	done    gpu.Bytes
}

// size tells how long the file is now.
func (f *fileMeter) size(n uint64) {
	if f.all.progress != nil {
		f.all.add(0, gpu.Bytes(n), f.counted)
		f.counted = gpu.Bytes(n)
	}
}

// report tells how much of the file is done.
func (f *fileMeter) report(done uint64) {
	if f.all.progress != nil {
		f.all.add(gpu.Bytes(done).SubSat(f.done), 0, 0)
		f.done = gpu.Bytes(done)
	}
}

// end tells that nothing more comes of the file. After the end of ctx nothing
// more comes of any, and what is shown stays.
func (f *fileMeter) end(ctx context.Context) {
	if f.all.progress != nil && f.done < f.counted && ctx.Err() == nil {
		f.all.add(0, f.done, f.counted)
	}
}
