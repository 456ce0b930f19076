package main

import (
	"fmt"
	"strings"
)

// emitLayouts writes the structs.
func emitLayouts(a api) (string, error) {
	known := goTypes(a)
	var b strings.Builder
	for _, l := range a.layouts {
		fmt.Fprintf(&b, "\n// %s %s: %s, %d bytes.\ntype %s struct {\n", l.goName, l.doc, l.c, l.size, l.goName)
		for _, f := range l.fields {
			typ, err := goType(f.c, known)
			if err != nil {
				return "", err
			}
			if f.count > 0 {
				typ = fmt.Sprintf("[%d]%s", f.count, typ)
			}
			fmt.Fprintf(&b, "\t%s %s // %s\n", f.goName, typ, f.name)
		}
		b.WriteString("}\n")
	}
	return b.String(), nil
}

// emitLayoutTests writes a test that compares the structs, as the Go compiler
// lays them out, with the sizes and offsets of the list.
func emitLayoutTests(a api) (string, error) {
	var b strings.Builder
	b.WriteString("import (\n\t\"testing\"\n\t\"unsafe\"\n)\n\n")
	b.WriteString("func TestLayoutsAreThoseOfC(t *testing.T) {\n\ttests := []struct {\n\t\tname string\n\t\tgot, want uintptr\n\t}{\n")
	for _, l := range a.layouts {
		fmt.Fprintf(&b, "\t\t{%q, unsafe.Sizeof(%s{}), %d},\n", l.c, l.goName, l.size)
		for _, f := range l.fields {
			fmt.Fprintf(&b, "\t\t{%q, unsafe.Offsetof(%s{}.%s), %d},\n", l.c+"."+f.name, l.goName, f.goName, f.offset)
		}
	}
	b.WriteString("\t}\n\tfor _, tt := range tests {\n\t\tif tt.got != tt.want {\n\t\t\tt.Errorf(\"%s: %d, want %d\", tt.name, tt.got, tt.want)\n\t\t}\n\t}\n}\n")
	return b.String(), nil
}
