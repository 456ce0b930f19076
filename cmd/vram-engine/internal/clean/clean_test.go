package clean

import (
	"strings"
	"testing"
	"unicode"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"llama-3 (70B) é 模型":    "llama-3 (70B) é 模型",
		"a\nb":                  `a\u{a}b`,
		"\x1b[31mred":           `\u{1b}[31mred`,
		"\u009b31m":             `\u{9b}31m`,
		"a\u202eb":              `a\u{202e}b`,
		"a\u2028b":              `a\u{2028}b`,
		"\x7f":                  `\u{7f}`,
		"a\xffb":                `a\xffb`,
		"nul\x00":               `nul\u{0}`,
		"\ufffd":                "\ufffd",
		"zero\u200bwidth\ufeff": `zero\u{200b}width\u{feff}`,
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	if got := Line("  one\n\n\ttwo\r\n three\x00 "); got != `one two three\u{0}` {
		t.Errorf("got %q", got)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "a\nb", "\xff\xfe", "\u202e\u009b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("Text(%q) = %q is not printable at %d", s, got, i)
		}
		if Text(got) != got {
			t.Fatalf("cleaning %q again changes it", got)
		}
	})
}
