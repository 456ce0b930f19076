package sample

import (
	"math"
	"sync"
	"testing"
)

// trained is the trained network, made once for all tests.
var trained = sync.OnceValue(train)

// loss is the mean cross-entropy of the text, in nats per character, and the
// share of characters that the network predicts.
func (n *network) loss() (mean, right float64) {
	lessons := lessonsOf(text)
	var a activity
	for _, l := range lessons {
		n.forward(l.seen, &a)
		if best(a.output[:]) == l.next {
			right++
		}
		a.softmax()
		mean -= math.Log(math.Max(float64(a.output[l.next]), 1e-30))
	}
	count := float64(len(lessons))
	return mean / count, right / count
}

func TestTrainingLearnsTheText(t *testing.T) {
	before, rightBefore := newNetwork(seedValue).loss()
	after, rightAfter := trained().loss()
	t.Logf("cross-entropy %.3f -> %.3f nats, predicted %.1f%% -> %.1f%%", before, after, rightBefore*100, rightAfter*100)
	if uniform := math.Log(float64(symbols)); math.Abs(before-uniform) > 1 {
		t.Errorf("untrained loss %.3f is far from that of guessing, %.3f", before, uniform)
	}
	if after > 0.3 || rightAfter < 0.95 {
		t.Errorf("loss %.3f, predicted %.1f%%: the text was not learnt", after, rightAfter*100)
	}
}
