package main

import (
	"fmt"
	"strings"
)

// emitCalls writes the table of symbols, and one method for each of them
// that calls it. All conversions of pointers are within call expressions.
func emitCalls(a api) (string, error) {
	known := goTypes(a)
	var symbols, rows, methods strings.Builder
	for _, f := range a.functions {
		c, err := parse(f, a.result)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&symbols, "\tsym%s\n", c.name)
		fmt.Fprintf(&rows, "\t\tsym%s: {name: %q, optional: %t},\n", c.name, c.name, c.optional)
		method, err := emitCall(a, c, known)
		if err != nil {
			return "", err
		}
		methods.WriteString(method)
	}
	var b strings.Builder
	b.WriteString("import (\n\t\"unsafe\"\n\n\t\"github.com/ebitengine/purego\"\n)\n\n")
	fmt.Fprintf(&b, "// The index of each bound function.\nconst (\n%s\tsymbolCount\n)\n\n", strings.Replace(symbols.String(), "\n", " = iota\n", 1))
	b.WriteString("// A symbol is a function that is bound.\ntype symbol struct {\n\tname string\n\toptional bool\n}\n\n")
	fmt.Fprintf(&b, "// symbols are the functions by index.\nfunc symbols() [symbolCount]symbol {\n\treturn [symbolCount]symbol{\n%s\t}\n}\n\n", rows.String())
	b.WriteString("// calls holds where the functions are; zero is a function that the library\n// lacks.\ntype calls struct{ entry [symbolCount]uintptr }\n")
	b.WriteString(methods.String())
	return b.String(), nil
}

func emitCall(a api, c call, known map[string]string) (string, error) {
	var params, args []string
	for _, p := range c.params {
		typ, err := goType(p.c, known)
		if err != nil {
			return "", err
		}
		params = append(params, p.name+" "+typ)
		switch {
		case typ == "unsafe.Pointer":
			args = append(args, fmt.Sprintf("uintptr(%s)", p.name))
		case strings.HasPrefix(typ, "*"):
			args = append(args, fmt.Sprintf("uintptr(unsafe.Pointer(%s))", p.name))
		default:
			args = append(args, fmt.Sprintf("uintptr(%s)", p.name))
		}
	}
	result, missing, convert := known[a.result], a.unbound, known[a.result]+"(int32(uint32(r)))"
	if c.result != a.result { // text
		result, missing, convert = "uintptr", "0", "r"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nfunc (c *calls) %s(%s) %s {\n", c.name, strings.Join(params, ", "), result)
	fmt.Fprintf(&b, "\tif c.entry[sym%s] == 0 {\n\t\treturn %s\n\t}\n", c.name, missing)
	fmt.Fprintf(&b, "\tr, _, _ := purego.SyscallN(%s)\n", strings.Join(append([]string{"c.entry[sym" + c.name + "]"}, args...), ", "))
	fmt.Fprintf(&b, "\treturn %s\n}\n", convert)
	return b.String(), nil
}
