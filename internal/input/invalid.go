package input

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/cockroachdb/errors"
)

// ErrInvalid is what every refusal of this package is.
var ErrInvalid = errors.New("input: invalid input")

// quotedBytes is how much of a refused value its error shows: a digest whole.
const quotedBytes = 72

// refusal is one refused value.
type refusal struct {
	field string
	value string // quoted already
	rule  string // the rule, and what to do
}

func (r *refusal) Error() string {
	return fmt.Sprintf("invalid %s %s: %s", r.field, r.value, r.rule)
}

// Unwrap makes errors.Is(err, ErrInvalid) work.
func (r *refusal) Unwrap() error { return ErrInvalid }

// refuseText refuses a text.
func refuseText(field, value, rule string, args ...any) error {
	return &refusal{field: field, value: quote(value), rule: fmt.Sprintf(rule, args...)}
}

// refuseNumber refuses a number, which needs no quoting.
func refuseNumber[N int | uint | uint64](field string, value N, rule string, args ...any) error {
	return &refusal{field: field, value: fmt.Sprint(value), rule: fmt.Sprintf(rule, args...)}
}

// quote writes the value in ASCII, between quotes, and cut short.
func quote(value string) string {
	if len(value) <= quotedBytes {
		return strconv.QuoteToASCII(value)
	}
	end := quotedBytes
	for end > 0 && !utf8.RuneStart(value[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%d bytes)", strconv.QuoteToASCII(value[:end]), len(value))
}
