package main

import (
	"strings"

	"github.com/cockroachdb/errors"
)

// scalars are C's own types on 64-bit Linux.
func scalars() map[string]string {
	return map[string]string{
		"int": "int32", "unsigned int": "uint32", "unsigned char": "uint8", "unsigned short": "uint16",
		"long long": "int64", "unsigned long long": "uint64", "size_t": "uint64", "float": "float32", "char": "byte",
	}
}

// goTypes gives the Go type of each C type of an interface that is no
// pointer.
func goTypes(a api) map[string]string {
	known := scalars()
	for _, o := range a.opaques {
		known[o.c] = o.goName
	}
	for _, e := range a.enums {
		known[e.c] = e.goName
	}
	for _, l := range a.layouts {
		known[l.c] = l.goName
	}
	return known
}

// goType translates a C type. A pointer to bytes of no type, or to C memory,
// is an unsafe.Pointer.
func goType(c string, known map[string]string) (string, error) {
	base := strings.TrimPrefix(c, "const ")
	name := strings.TrimSpace(strings.TrimRight(base, "*"))
	stars := strings.Count(base, "*")
	switch {
	case name == "void" && stars == 1:
		return "unsafe.Pointer", nil
	case name == "void" && stars == 2, name == "char" && stars == 2:
		return "*unsafe.Pointer", nil
	}
	translated, ok := known[name]
	if !ok || stars > 1 {
		return "", errors.Newf("the C type %q has no Go type; add it to the list", c)
	}
	if stars == 1 {
		return "*" + translated, nil
	}
	return translated, nil
}
