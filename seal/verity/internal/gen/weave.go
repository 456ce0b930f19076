package main

// weave emits two lists of steps, each in its order, evenly mixed.
func weave(long, short []func()) {
	done := 0
	for i, step := range long {
		step()
		for ; done*len(long) < (i+1)*len(short); done++ {
			short[done]()
		}
	}
}

func emit(steps []func()) { weave(steps, nil) }

// share takes the first of n equal parts off a list of steps.
func share(steps *[]func(), n int) []func() {
	count := (len(*steps) + n - 1) / n
	part := (*steps)[:count]
	*steps = (*steps)[count:]
	return part
}
