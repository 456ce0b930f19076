package logging

import (
	"fmt"
	"reflect"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/clean"
)

// redacted stands for a value that could show an address, a key or raw bytes.
const redacted = "[redacted]"

// values cleans keys and values alike.
func values(args []any) []any {
	out := make([]any, 0, len(args))
	for _, a := range args {
		out = append(out, value(a))
	}
	return out
}

// value returns what may be logged of v.
func value(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return clean.Text(v)
	case error:
		return clean.Line(v.Error())
	case time.Duration:
		return v.String()
	case time.Time:
		return v
	case fmt.Stringer:
		return clean.Text(v.String())
	case hclog.Format:
		return format(v)
	case []string:
		return clean.Text(fmt.Sprintf("%q", v))
	}
	return plain(v)
}

// plain passes numbers and truth values, and leaves everything else out.
func plain(v any) any {
	r := reflect.ValueOf(v)
	k := r.Kind()
	switch {
	case k == reflect.Bool || r.CanFloat() || r.CanInt() || r.CanUint() && k != reflect.Uintptr:
		return v
	case k == reflect.String:
		return clean.Text(r.String())
	}
	return redacted
}

// format carries out a delayed format, whose arguments are cleaned first.
func format(f hclog.Format) string {
	if len(f) == 0 {
		return ""
	}
	text, ok := f[0].(string)
	if !ok {
		return redacted
	}
	return clean.Line(fmt.Sprintf(text, values(f[1:])...))
}
