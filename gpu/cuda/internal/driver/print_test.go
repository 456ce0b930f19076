package driver

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestNoHandleIsPrinted(t *testing.T) {
	const secret = 0x7f12345678
	values := []any{
		Ptr(secret), Context(secret), Stream(secret), Event(secret), Module(secret), Function(secret), Handle(secret),
		&Library{calls: calls{entry: [symbolCount]uintptr{secret}}},
		struct{ P Ptr }{secret}, []Handle{secret}, map[Stream]Event{secret: secret},
	}
	digits := []string{fmt.Sprintf("%d", uint64(secret)), "7f12345678", "7F12345678"}
	for _, v := range values {
		var texts []string
		// %p asks no Formatter; go vet refuses it for what is no pointer.
		for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%X", "%o", "%b", "%s", "%q"} {
			texts = append(texts, fmt.Sprintf(verb, v))
		}
		if text, err := json.Marshal(v); err == nil {
			texts = append(texts, string(text))
		}
		for i, text := range texts {
			for _, d := range append(digits, fmt.Sprintf("%o", uint64(secret)), fmt.Sprintf("%b", uint64(secret))) {
				if strings.Contains(text, d) {
					t.Errorf("%T, text %d: the value can be read in %q", v, i, text)
				}
			}
		}
	}
}

func TestNamesAreKnown(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range allResults() {
		if name := r.Name(); name == "" || seen[name] {
			t.Errorf("code %d has the name %q", int32(r), name)
		}
		seen[r.Name()] = true
	}
	if Result(4711).Name() != "" {
		t.Error("an unknown code has a name")
	}
}
