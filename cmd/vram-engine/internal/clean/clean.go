package clean

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s with every character that is not printable written as
// \u{hex}, and every byte that is not UTF-8 as \xhh. Control characters of
// both sets, line and paragraph separators and the marks that reorder text
// are not printable. It does not block.
func Text(s string) string {
	if safe(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
		i += n
	}
	return b.String()
}

// Line returns s cleaned and on one line: runs of white space, line breaks
// included, become one space. It does not block.
func Line(s string) string {
	return Text(strings.Join(strings.Fields(s), " "))
}

func safe(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
