package gpu

import "time"

// Bounds of one slice of work, and the first guess. They are multiples of
// BlockSize.
const (
	minSlice   = 256 * KiB
	firstSlice = 1 * MiB
	maxSlice   = 256 * MiB
)

// Pace cuts work into slices of a wished duration by the measured time of the
// slices before. The zero value is ready. It belongs to one goroutine.
type Pace struct {
	last Bytes         // size of the last slice, 0 before the first
	took time.Duration // its duration
}

// Next returns how many bytes, a multiple of BlockSize, make a slice of about
// d. It at most doubles from slice to slice.
func (p *Pace) Next(d time.Duration) Bytes {
	if p.last == 0 {
		return firstSlice
	}
	double := min(p.last.AddSat(p.last), maxSlice)
	if p.took <= 0 || d <= 0 {
		return max(double, minSlice)
	}
	fit := Bytes(min(float64(p.last)*float64(d)/float64(p.took), float64(double)))
	return max(fit-fit%BlockSize, minSlice)
}

// Took records that a slice of n bytes took d.
func (p *Pace) Took(n Bytes, d time.Duration) {
	if n >= minSlice {
		p.last, p.took = n, d
	}
}
