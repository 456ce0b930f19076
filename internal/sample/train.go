package sample

// How the model is trained.
const (
	seedValue random  = 1865
	epochs            = 10
	firstRate float32 = 0.04
)

// train returns the trained network.
func train() *network {
	n := newNetwork(seedValue)
	lessons := lessonsOf(text)
	order := make([]int, len(lessons))
	for i := range order {
		order[i] = i
	}
	shuffle := seedValue
	var a activity
	for epoch := range epochs {
		for i := len(order) - 1; i > 0; i-- {
			j := shuffle.below(i + 1)
			order[i], order[j] = order[j], order[i]
		}
		rate := firstRate * float32(epochs-epoch) / epochs
		for _, i := range order {
			n.learn(lessons[i], rate, &a)
		}
	}
	return n
}

// lesson is a place in the text: what is seen, and what comes next.
type lesson struct {
	seen window
	next int
}

func lessonsOf(s string) []lesson {
	w := newWindow()
	lessons := make([]lesson, 0, len(s))
	for _, symbol := range encode(s) {
		lessons = append(lessons, lesson{seen: w, next: symbol})
		w.push(symbol)
	}
	return lessons
}

// learn takes one step of gradient descent on the cross-entropy. For the
// directive see forward.
//
//go:norace
func (n *network) learn(l lesson, rate float32, a *activity) {
	n.forward(l.seen, a)
	a.softmax()
	a.output[l.next]-- // now the gradient of the scores
	for k := range a.output {
		a.output[k] *= rate
		n.outputBias[k] -= a.output[k]
	}
	for j, v := range a.hidden {
		a.back[j] = 0
		if v == 0 {
			continue
		}
		weights := n.outputWeight[j*symbols : (j+1)*symbols]
		var sum float32
		for k, g := range a.output {
			sum += float32(g * weights[k])
			weights[k] -= float32(g * v)
		}
		a.back[j] = sum
		n.hiddenBias[j] -= sum
	}
	for place, symbol := range l.seen {
		row := n.row(place, symbol)
		for j, g := range a.back {
			row[j] -= g
		}
	}
}
