package audit

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is a line: a record with its place in the log.
type entry struct {
	seq      uint64
	time     time.Time
	kind     Kind
	severity Severity
	fields   []field // sorted by name, names distinct
	prev     [32]byte
}

// clockField marks a line whose time was kept at that of the line before,
// because the clock had gone backwards.
const clockField = "clock"

// withHeldClock returns fields with the mark, in its place.
func withHeldClock(fields []field) []field {
	mark := text(clockField, "held")
	at, found := slices.BinarySearchFunc(fields, mark, func(a, b field) int { return strings.Compare(a.name, b.name) })
	if found {
		return fields
	}
	return slices.Insert(slices.Clone(fields), at, mark)
}

// cleanFields returns the fields as they stand in a line: the same ones, if
// nothing in them has to change.
func cleanFields(fields []field) []field {
	if !slices.ContainsFunc(fields, field.unclean) {
		return fields
	}
	out := slices.Clone(fields)
	for i, f := range out {
		switch f.typ {
		case fieldText:
			f.text = clean(f.text, maxText)
		case fieldList:
			f.list = cleanList(f.list)
		case fieldNumber, fieldBool:
			continue
		}
		out[i] = f
	}
	return out
}

// unclean reports whether the field may stand otherwise in a line.
func (f field) unclean() bool {
	return f.typ == fieldList || f.typ == fieldText && !(plain(f.text) && len(f.text) <= maxText)
}

func cleanList(items []string) []string {
	out := make([]string, 0, len(items))
	for _, s := range items {
		out = append(out, clean(s, maxItem))
	}
	return out
}

// appendLine appends the line without its newline. doc.go gives the format.
// The texts of e were cleaned.
func appendLine(dst []byte, e entry) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, e.seq, 10)
	dst = append(dst, `,"time":"`...)
	dst = e.time.UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, `","kind":"`...)
	dst = append(dst, e.kind...)
	dst = append(dst, `","severity":"`...)
	dst = append(dst, e.severity...)
	dst = append(dst, `","fields":{`...)
	for i, f := range e.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, f.name...)
		dst = append(dst, `":`...)
		dst = appendValue(dst, f)
	}
	dst = append(dst, `},"prev":"`...)
	dst = hex.AppendEncode(dst, e.prev[:])
	return append(dst, `"}`...)
}

func appendValue(dst []byte, f field) []byte {
	switch f.typ {
	case fieldNumber, fieldBool:
		return append(dst, f.text...)
	case fieldList:
		dst = append(dst, '[')
		for i, s := range f.list {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendQuoted(dst, s)
		}
		return append(dst, ']')
	case fieldText:
	}
	return appendQuoted(dst, f.text)
}

// appendQuoted quotes a cleaned text: only the quote and the backslash need it.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, c := range []byte(s) {
		if c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}
