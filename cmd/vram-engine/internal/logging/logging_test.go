package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/hashicorp/go-hclog"

	vram "github.com/vram-engine/vram-engine"
)

const hostile = "id\n2026-01-01 [ERROR] forged\x1b[2J\u009b1m\u202e\x7f\xff"

type named string

func speak(l hclog.Logger) {
	l.Info(hostile, "key"+hostile, hostile, "error", errors.New(hostile), "list", []string{hostile},
		"format", hclog.Fmt("%s", hostile), "named", named(hostile), "n", 7, "d", time.Second)
	l.With("with", hostile).Named(hostile).Warn("second")
	l.ResetNamed(hostile).Error("third", "address", uintptr(0xdeadbeef), "pointer", &struct{ A uintptr }{0xdeadbeef},
		"function", speak, "bytes", []byte("weights"), "channel", make(chan int))
	l.Trace("not shown")
	l.Debug("not shown")
	l.Log(hclog.Debug, "not shown")
}

func TestNothingForgesALine(t *testing.T) {
	for _, format := range []bool{false, true} {
		var out bytes.Buffer
		l, err := New(&out, "info", format)
		if err != nil {
			t.Fatal(err)
		}
		speak(l)
		text := out.String()
		if n := strings.Count(text, "\n"); n != 3 {
			t.Errorf("json %v: %d lines, want 3:\n%q", format, n, text)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("json %v: not printable at %d: %q", format, i, text)
		}
		for _, secret := range []string{"deadbeef", "DEADBEEF", "3735928559", "weights", "0x", "not shown"} {
			if strings.Contains(text, secret) {
				t.Errorf("json %v: shows %q: %s", format, secret, text)
			}
		}
		if !strings.Contains(text, "n=7") && !strings.Contains(text, `"n":7`) {
			t.Errorf("json %v: the number is missing: %s", format, text)
		}
	}
}

func TestJSONLinesAreJSON(t *testing.T) {
	var out bytes.Buffer
	l, err := New(&out, "info", true)
	if err != nil {
		t.Fatal(err)
	}
	speak(l)
	for line := range strings.Lines(out.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestUnknownLevel(t *testing.T) {
	for _, level := range []string{"", "INFO", "loud", "off"} {
		if _, err := New(&bytes.Buffer{}, level, false); !errors.Is(err, vram.ErrInvalidInput) {
			t.Errorf("%q: %v", level, err)
		}
	}
}
