package audit

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		name     string
		limit    int
		in, want string
	}{
		{"plain", 100, `shard-1 "quoted" C:\x`, `shard-1 "quoted" C:\x`},
		{"empty", 100, "", ""},
		{"newline", 100, "a\nb\r", `a\u{a}b\u{d}`},
		{"escape", 100, "\x1b[31mred", `\u{1b}[31mred`},
		{"nul", 100, "a\x00b", `a\u{0}b`},
		{"delete", 100, "a\x7fb", `a\u{7f}b`},
		{"C1", 100, "a\u0085\u009bb", `a\u{85}\u{9b}b`},
		{"line separators", 100, "a\u2028\u2029b", `a\u{2028}\u{2029}b`},
		{"bidi", 100, "a\u202e\u2066\u2069b", `a\u{202e}\u{2066}\u{2069}b`},
		{"zero width", 100, "a\u200bb\ufeff", `a\u{200b}b\u{feff}`},
		{"no UTF-8", 100, "a\xff\xc3b", `a\xff\xc3b`},
		{"surrogate bytes", 100, "\xed\xa0\x80", `\xed\xa0\x80`},
		{"letters", 100, "größe 模型", "größe 模型"},
		{"cut", 20, strings.Repeat("x", 21), strings.Repeat("x", 17) + "…"},
		{"fits exactly", 20, strings.Repeat("x", 20), strings.Repeat("x", 20)},
		{"fits exactly, not ASCII", 20, strings.Repeat("ö", 10), strings.Repeat("ö", 10)},
		{"cut at a character", 20, strings.Repeat("ö", 11), strings.Repeat("ö", 8) + "…"},
		{"cut before an escape", 20, strings.Repeat("x", 15) + "\n\n", strings.Repeat("x", 15) + "…"},
		{"escape grows past the limit", 20, strings.Repeat("\n", 20), `\u{a}\u{a}\u{a}…`},
	} {
		if got := clean(c.in, c.limit); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\nb\x9b\u202e\xff")
	f.Add(strings.Repeat("é", 40))
	f.Fuzz(func(t *testing.T, s string) {
		const limit = 60
		got := clean(s, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsFunc(got, forbidden) {
			t.Fatalf("clean(%q) = %q", s, got)
		}
		if again := clean(got, limit); again != got {
			t.Fatalf("cleaned twice: %q, then %q", got, again)
		}
	})
}
