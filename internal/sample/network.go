package sample

// network holds the weights while they are trained.
type network struct {
	hiddenWeight []float32 // [Context][symbols][hidden]
	hiddenBias   []float32 // [hidden]
	outputWeight []float32 // [hidden][symbols]
	outputBias   []float32 // [symbols]
}

// newNetwork returns small random weights.
func newNetwork(seed random) *network {
	n := &network{
		hiddenWeight: make([]float32, Context*symbols*hidden),
		hiddenBias:   make([]float32, hidden),
		outputWeight: make([]float32, hidden*symbols),
		outputBias:   make([]float32, symbols),
	}
	for i := range n.hiddenWeight {
		n.hiddenWeight[i] = seed.symmetric(0.25)
	}
	for i := range n.outputWeight {
		n.outputWeight[i] = seed.symmetric(0.1)
	}
	return n
}

// activity is what one pass through the network computes.
type activity struct {
	hidden [hidden]float32
	output [symbols]float32 // scores, then probabilities
	back   [hidden]float32  // gradients of the hidden layer
}

// row returns the weights of the hidden layer for a character in a place.
func (n *network) row(place, symbol int) []float32 {
	at := (place*symbols + symbol) * hidden
	return n.hiddenWeight[at : at+hidden]
}

// forward computes the scores of the next character. It shares no memory with
// other goroutines, and the race detector would slow it down a hundredfold.
//
//go:norace
func (n *network) forward(w window, a *activity) {
	h := a.hidden[:]
	copy(h, n.hiddenBias)
	for place, symbol := range w {
		for j, v := range n.row(place, symbol) {
			h[j] += v
		}
	}
	z := a.output[:]
	copy(z, n.outputBias)
	for j, v := range h {
		if v <= 0 {
			h[j] = 0
			continue
		}
		for k, weight := range n.outputWeight[j*symbols : (j+1)*symbols] {
			z[k] += float32(v * weight)
		}
	}
}

// softmax turns the scores into probabilities.
func (a *activity) softmax() {
	highest := a.output[0]
	for _, z := range a.output {
		highest = max(highest, z)
	}
	var sum float64
	var powers [symbols]float64
	for k, z := range a.output {
		powers[k] = exp(float64(z) - float64(highest))
		sum += powers[k]
	}
	for k := range a.output {
		a.output[k] = float32(powers[k] / sum)
	}
}
