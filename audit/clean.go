package audit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cutMark ends a text that was longer than its limit.
const cutMark = "…"

// clean makes a text safe to show and to keep: whatever is not printable is
// written as \u{hex}, a byte that is no UTF-8 as \xhh, and what is longer than
// limit bytes is cut at a character and ends in an ellipsis. Cleaning twice
// changes nothing.
func clean(s string, limit int) string {
	if plain(s) && len(s) <= limit {
		return s
	}
	var b strings.Builder
	room := limit - len(cutMark)
	end := -1 // where the text is cut if it proves too long
	for rest := s; rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		piece := rest[:n]
		switch {
		case r == utf8.RuneError && n == 1:
			piece = fmt.Sprintf(`\x%02x`, piece)
		case !unicode.IsPrint(r) || forbidden(r):
			piece = fmt.Sprintf(`\u{%x}`, r)
		}
		if end < 0 && b.Len()+len(piece) > room {
			end = b.Len()
		}
		if b.Len()+len(piece) > limit {
			return b.String()[:end] + cutMark
		}
		b.WriteString(piece)
		rest = rest[n:]
	}
	return b.String()
}

// plain reports whether s is printable ASCII, the common case.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// forbidden tells the characters that never stand in a line. The set is fixed,
// so that whether a line is well-formed does not depend on the Unicode tables
// of the program that reads it.
func forbidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return true // C0, DEL, C1
	case r == 0x2028, r == 0x2029:
		return true // line and paragraph separator
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true // bidirectional controls
	}
	return false
}
