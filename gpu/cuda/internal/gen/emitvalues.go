package main

import (
	"fmt"
	"strings"
)

// emitValues writes the enumerations and constants.
func emitValues(a api) (string, error) {
	var b strings.Builder
	for _, e := range a.enums {
		fmt.Fprintf(&b, "\n// %s %s.\ntype %s int32\n\n// The values of %s.\nconst (\n", e.goName, e.doc, e.goName, e.goName)
		for _, v := range e.values {
			fmt.Fprintf(&b, "\t%s %s = %d // %s\n", goConstant(e, v), e.goName, v.number, v.name)
		}
		b.WriteString(")\n")
		if e.names {
			emitNames(&b, e)
		}
	}
	b.WriteString("\n// Flags, fields, versions of structs.\nconst (\n")
	for _, c := range a.constants {
		fmt.Fprintf(&b, "\t%s %s = %#x // %s\n", c.goName, c.goType, c.number, c.name)
	}
	b.WriteString(")\n")
	return b.String(), nil
}

// emitNames writes a method that gives the C name of a value.
func emitNames(b *strings.Builder, e enum) {
	fmt.Fprintf(b, "\n// Name is the C name of the value, or empty for one that the list lacks.\nfunc (v %s) Name() string {\n\tswitch v {\n", e.goName)
	for _, v := range e.values {
		fmt.Fprintf(b, "\tcase %s:\n\t\treturn %q\n", goConstant(e, v), v.name)
	}
	b.WriteString("\t}\n\treturn \"\"\n}\n")
	fmt.Fprintf(b, "\n// all%ss are the values that the list has.\nfunc all%ss() []%s {\n\treturn []%s{\n", e.goName, e.goName, e.goName, e.goName)
	for _, v := range e.values {
		fmt.Fprintf(b, "\t\t%s,\n", goConstant(e, v))
	}
	b.WriteString("\t}\n}\n")
}

// emitOpaques writes the handle types. None that could be an address shows
// its value.
func emitOpaques(a api) (string, error) {
	var b strings.Builder
	b.WriteString("import \"fmt\"\n")
	for _, o := range a.opaques {
		fmt.Fprintf(&b, "\n// %s %s.\ntype %s %s\n", o.goName, o.doc, o.goName, o.goUnder)
		if o.hidden == "" {
			continue
		}
		fmt.Fprintf(&b, "\n// Format writes what the value is, and not the value.\nfunc (%s) Format(s fmt.State, _ rune) { withhold(s, %q) }\n", o.goName, o.hidden)
		fmt.Fprintf(&b, "\n// MarshalText gives what the value is, and not the value.\nfunc (%s) MarshalText() ([]byte, error) { return []byte(%q), nil }\n", o.goName, o.hidden)
	}
	return b.String(), nil
}
