package sample

import (
	_ "embed" // the text
	"strings"
)

// Alphabet are the characters of the model, by their numbers. What is not
// among them counts as the first one.
const Alphabet = " \nabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,'-!?;:()"

// The sizes of the model.
const (
	Context = 16            // characters that the model sees
	symbols = len(Alphabet) // 64
	hidden  = 256
)

// startSymbol fills the context before the first character: a new line.
const startSymbol = 1

// text is what the model learns: see doc.go for its source.
//
//go:embed text.txt
var text string

// encode returns the numbers of the characters of s.
func encode(s string) []int {
	numbers := make([]int, 0, len(s))
	for _, r := range s {
		numbers = append(numbers, max(strings.IndexRune(Alphabet, r), 0))
	}
	return numbers
}

// window is what the model sees: the last characters, oldest first.
type window [Context]int

// newWindow returns the window at the start of a text.
func newWindow() window {
	var w window
	for i := range w {
		w[i] = startSymbol
	}
	return w
}

// push moves the window on by one character.
func (w *window) push(symbol int) {
	copy(w[:], w[1:])
	w[Context-1] = symbol
}
