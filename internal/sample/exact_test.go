package sample

import (
	"math"
	"testing"
)

func TestExpIsThatOfMathematics(t *testing.T) {
	for i := range 8000 {
		x := -float64(i) / 100
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-12*want {
			t.Fatalf("exp(%v) is %v, want %v", x, got, want)
		}
	}
	if got := exp(-1000); got != 0 {
		t.Errorf("exp(-1000) is %v", got)
	}
}

// TestRandomIsSplitmix64 compares with the numbers that the algorithm's
// published reference gives for the seed 1234567.
func TestRandomIsSplitmix64(t *testing.T) {
	r := random(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		if got := r.next(); got != want {
			t.Errorf("number %d is %d, want %d", i, got, want)
		}
	}
}

func TestTextIsInTheAlphabet(t *testing.T) {
	if len(text) < 3000 {
		t.Fatalf("the text has only %d bytes", len(text))
	}
	for i, symbol := range encode(text) {
		if Alphabet[symbol] != text[i] {
			t.Errorf("byte %d of the text, %q, is not in the alphabet", i, text[i])
		}
	}
}
