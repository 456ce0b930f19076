package gpu

// pack is an extent that small buffers share, in slots of BlockSize.
type pack struct {
	used []bool // one per slot
	free int    // slots not used
}

func newPack(size Bytes) *pack {
	n, ok := (size / BlockSize).Int()
	if !ok {
		n = 0
	}
	return &pack{used: make([]bool, n), free: n}
}

// take reserves the first run of n free slots and returns the index of its
// first slot, or false when there is no such run.
func (p *pack) take(n int) (int, bool) {
	if n <= 0 || n > p.free {
		return 0, false
	}
	run := 0
	for i, used := range p.used {
		if used {
			run = 0
			continue
		}
		if run++; run == n {
			first := i + 1 - n
			p.mark(first, n, true)
			return first, true
		}
	}
	return 0, false
}

// give returns n slots from first.
func (p *pack) give(first, n int) { p.mark(first, n, false) }

func (p *pack) mark(first, n int, used bool) {
	if first < 0 || n < 0 || first > len(p.used)-n {
		return
	}
	run := p.used[first : first+n]
	for i := range run {
		if run[i] == used {
			continue
		}
		run[i] = used
		if used {
			p.free--
		} else {
			p.free++
		}
	}
}
