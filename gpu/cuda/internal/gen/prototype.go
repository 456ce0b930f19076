package main

import (
	"strings"

	"github.com/cockroachdb/errors"
)

// A call is a parsed prototype.
type call struct {
	name     string
	result   string // C type
	params   []param
	optional bool
}

type param struct {
	c    string // C type, as "const T *"
	name string
}

// parse reads a prototype; result is the C type of those that name none.
func parse(f function, result string) (call, error) {
	head, tail, ok := strings.Cut(f.prototype, "(")
	list, rest, closed := strings.Cut(tail, ")")
	if !ok || !closed || rest != "" {
		return call{}, errors.Newf("%q is no prototype: write name(type name, ...)", f.prototype)
	}
	c := call{result: result, optional: f.optional}
	typ, name := splitDeclaration(head)
	if c.name = name; typ != "" {
		c.result = typ
	}
	if c.name == "" {
		return call{}, errors.Newf("%q has no name", f.prototype)
	}
	if strings.TrimSpace(list) == "void" {
		return c, nil
	}
	for text := range strings.SplitSeq(list, ",") {
		typ, name := splitDeclaration(text)
		if typ == "" || name == "" {
			return call{}, errors.Newf("%q: parameter %q has no type or no name", f.prototype, text)
		}
		c.params = append(c.params, param{c: typ, name: name})
	}
	return c, nil
}

// splitDeclaration splits "const char **name" into "const char **" and
// "name".
func splitDeclaration(text string) (typ, name string) {
	text = strings.TrimSpace(text)
	cut := strings.LastIndexAny(text, " *") + 1
	return strings.TrimSpace(text[:cut]), text[cut:]
}
