package sample

// random is the splitmix64 generator: the same numbers on every machine and
// with every Go release.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number in [0, n); the bias does not matter here.
func (r *random) below(n int) int {
	return int((r.next() >> 33) % uint64(max(n, 1))) //nolint:gosec // it is below n, which is an int
}

// symmetric returns a number in [-scale, scale).
func (r *random) symmetric(scale float32) float32 {
	unit := float32(r.next()>>40) / (1 << 24)
	return float32(float32(unit*2)-1) * scale
}

// exp returns e to the power of x for x <= 0, to about 14 digits, and exactly
// the same on every machine: math.Exp is written in assembly on some.
func exp(x float64) float64 {
	if x < -80 {
		return 0
	}
	// e^x = (e^(x/64))^64, and |x/64| < 1.25 makes the series short.
	y := x / 64
	sum, term := 1.0, 1.0
	for n := 1; n <= 18; n++ {
		term = float64(term*y) / float64(n)
		sum = float64(sum + term)
	}
	for range 6 {
		sum = float64(sum * sum)
	}
	return sum
}
