package audit

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Record is one event that is to be written. It is made by the constructor of
// its kind, is immutable and may be shared. The zero Record is refused.
type Record struct {
	kind     Kind
	severity Severity
	fields   []field // sorted by name
}

// fieldType tells how the text of a field stands in the line.
type fieldType uint8

const (
	fieldText   fieldType = iota // a string
	fieldNumber                  // a decimal integer
	fieldBool                    // true or false
	fieldList                    // an array of strings
)

// field is one member of a record's "fields" object. Numbers and truth values
// are kept as their JSON text.
type field struct {
	name string
	typ  fieldType
	text string
	list []string
}

func text(name, v string) field { return field{name: name, typ: fieldText, text: v} }

func size(name string, v uint64) field {
	return field{name: name, typ: fieldNumber, text: strconv.FormatUint(v, 10)}
}

func number(name string, v int64) field {
	return field{name: name, typ: fieldNumber, text: strconv.FormatInt(v, 10)}
}

func truth(name string, v bool) field {
	return field{name: name, typ: fieldBool, text: strconv.FormatBool(v)}
}

// list copies v up to the limit, so that the record stays immutable.
func list(name string, v []string) field {
	return field{name: name, typ: fieldList, list: slices.Clone(v[:min(len(v), maxList)])}
}

func micros(name string, d time.Duration) field { return number(name, d.Microseconds()) }

func newRecord(k Kind, s Severity, fields ...field) Record {
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return Record{kind: k, severity: s, fields: fields}
}

// Kind returns what happened.
func (r Record) Kind() Kind { return r.kind }

// Severity returns how much it matters.
func (r Record) Severity() Severity { return r.severity }

// Message returns a short English sentence for the kind, for a log that
// people read. It is not part of the line.
func (r Record) Message() string { return messageOf(r.kind) }

// LogArgs returns the record's fields as alternating names and values, as a
// structured logger takes them. Texts are cleaned as in the line. The caller
// owns the slice.
func (r Record) LogArgs() []any {
	args := make([]any, 0, 2*len(r.fields))
	for _, f := range r.fields {
		args = append(args, f.name, f.value())
	}
	return args
}

func (f field) value() any {
	switch f.typ {
	case fieldNumber:
		return json.Number(f.text)
	case fieldBool:
		return f.text == "true"
	case fieldList:
		return cleanList(f.list)
	case fieldText:
	}
	return clean(f.text, maxText)
}

// valid reports whether the record may be written.
func (r Record) valid() bool {
	return messageOf(r.kind) != "" && r.severity.known() && len(r.fields) <= maxFields
}

// weight is an upper bound, in bytes, of the line that the record becomes.
func (r Record) weight() int {
	const around, each = 256, maxName + 8
	w := around
	for _, f := range r.fields {
		w += each + 2*min(len(f.text)*8, maxText)
		for _, s := range f.list {
			w += 8 + 2*min(len(s)*8, maxItem)
		}
	}
	return w
}
