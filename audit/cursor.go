package audit

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"unicode/utf8"
)

// cursor reads the strict text of lines and heads. After the first thing that
// is not as expected, bad stays set and everything reads as zero.
type cursor struct {
	rest []byte
	bad  bool
}

// lit consumes s.
func (c *cursor) lit(s string) {
	if !c.try(s) {
		c.bad = true
	}
}

// try consumes s if it is next.
func (c *cursor) try(s string) bool {
	rest, ok := bytes.CutPrefix(c.rest, []byte(s))
	if c.bad || !ok {
		return false
	}
	c.rest = rest
	return true
}

// run consumes the longest prefix, of 1 to limit bytes, that is made of
// allowed bytes.
func (c *cursor) run(limit int, allowed func(byte) bool) string {
	n := 0
	for _, b := range c.rest {
		if !allowed(b) || n > limit {
			break
		}
		n++
	}
	if c.bad || n == 0 || n > limit {
		c.bad = true
		return ""
	}
	s := string(c.rest[:n])
	c.rest = c.rest[n:]
	return s
}

// uint consumes an unsigned decimal without leading zeros.
func (c *cursor) uint() uint64 {
	s := c.run(20, isDigit)
	v, err := strconv.ParseUint(s, 10, 64)
	if err != nil || strconv.FormatUint(v, 10) != s {
		c.bad = true
		return 0
	}
	return v
}

// integer consumes a decimal that fits an int64 or a uint64, and returns it as
// it stands.
func (c *cursor) integer() string {
	if !c.try("-") {
		return strconv.FormatUint(c.uint(), 10)
	}
	s := "-" + c.run(19, isDigit)
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strconv.FormatInt(v, 10) != s || v == 0 {
		c.bad = true
	}
	return s
}

// hash consumes 64 lower-case hex digits.
func (c *cursor) hash() (sum [32]byte) {
	s := c.run(64, isHex)
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(sum) {
		c.bad = true
		return sum
	}
	copy(sum[:], b)
	return sum
}

// quoted consumes a string of at most limit bytes in which only the quote and
// the backslash are, and must be, escaped, and no forbidden character stands.
func (c *cursor) quoted(limit int) string {
	c.lit(`"`)
	var out []byte
	for !c.bad {
		r, n := utf8.DecodeRune(c.rest)
		switch {
		case n == 0, r == utf8.RuneError && n == 1, forbidden(r), len(out) > limit:
			c.bad = true
			return ""
		case r == '"':
			c.rest = c.rest[n:]
			return string(out)
		case r == '\\' && c.try(`\\`):
			out = append(out, '\\')
		case r == '\\' && c.try(`\"`):
			out = append(out, '"')
		case r == '\\':
			c.bad = true
			return ""
		default:
			out = append(out, c.rest[:n]...)
			c.rest = c.rest[n:]
		}
	}
	return ""
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func isHex(b byte) bool   { return isDigit(b) || b >= 'a' && b <= 'f' }
func isLetter(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
func isName(b byte) bool { return isDigit(b) || b >= 'a' && b <= 'z' || b == '_' }
