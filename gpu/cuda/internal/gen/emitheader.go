package main

import (
	"fmt"
	"strings"
)

// emitHeader writes the C header that the fake driver is compiled with, so
// that a wrong signature, a wrong number or a wrong layout does not compile.
func emitHeader(list []api) (string, error) {
	var b strings.Builder
	b.WriteString("#ifndef VRAM_ENGINE_ABI_GEN_H\n#define VRAM_ENGINE_ABI_GEN_H\n\n#include <stddef.h>\n")
	for _, a := range list {
		fmt.Fprintf(&b, "\n/* %s: what is bound of %s. */\n\n", a.library, a.title)
		for _, o := range a.opaques {
			fmt.Fprintf(&b, "typedef %s%s;\n", spaced(o.under), o.c)
		}
		for _, e := range a.enums {
			fmt.Fprintf(&b, "\ntypedef enum {\n")
			for _, v := range e.values {
				fmt.Fprintf(&b, "\t%s = %d,\n", v.name, v.number)
			}
			fmt.Fprintf(&b, "} %s;\n", e.c)
		}
		b.WriteString("\n")
		for _, c := range a.constants {
			fmt.Fprintf(&b, "#define %s %#xull\n", c.name, c.number)
		}
		for _, l := range a.layouts {
			headerLayout(&b, l)
		}
		b.WriteString("\n")
		if err := headerFunctions(&b, a); err != nil {
			return "", err
		}
	}
	b.WriteString("\n#endif\n")
	return b.String(), nil
}

func headerLayout(b *strings.Builder, l layout) {
	fmt.Fprintf(b, "\ntypedef struct {\n")
	for _, f := range l.fields {
		array := ""
		if f.count > 0 {
			array = fmt.Sprintf("[%d]", f.count)
		}
		fmt.Fprintf(b, "\t%s%s%s;\n", spaced(f.c), f.name, array)
	}
	fmt.Fprintf(b, "} %s;\n_Static_assert(sizeof(%s) == %d, \"size of %s\");\n", l.c, l.c, l.size, l.c)
	for _, f := range l.fields {
		fmt.Fprintf(b, "_Static_assert(offsetof(%s, %s) == %d, \"offset of %s in %s\");\n", l.c, f.name, f.offset, f.name, l.c)
	}
}

// headerFunctions writes the prototypes, and a list macro of their names:
// NAME_FUNCTIONS(X) expands to X(first) X(second) and so on.
func headerFunctions(b *strings.Builder, a api) error {
	var names []string
	for _, f := range a.functions {
		c, err := parse(f, a.result)
		if err != nil {
			return err
		}
		list := "void"
		if len(c.params) > 0 {
			var params []string
			for _, p := range c.params {
				params = append(params, spaced(p.c)+p.name)
			}
			list = strings.Join(params, ", ")
		}
		note := ""
		if c.optional {
			note = " /* older libraries lack it */"
		}
		fmt.Fprintf(b, "%s%s(%s);%s\n", spaced(c.result), c.name, list, note)
		names = append(names, c.name)
	}
	fmt.Fprintf(b, "\n#define %s_FUNCTIONS(X)", strings.ToUpper(a.pkg))
	for _, name := range names {
		fmt.Fprintf(b, " \\\n\tX(%s)", name)
	}
	b.WriteString("\n")
	return nil
}

// spaced is a C type with a blank behind it, unless it ends in a star.
func spaced(c string) string {
	if strings.HasSuffix(c, "*") {
		return c
	}
	return c + " "
}
