package audit

import (
	"time"

	"github.com/cockroachdb/errors"
)

var errMalformed = errors.New("audit: not a line of the log")

// parseLine reads a line without its newline. It accepts exactly what
// appendLine writes for some entry, so that encoding the result again gives
// the same bytes. The result shares no memory with line.
func parseLine(line []byte) (entry, error) {
	if len(line) > maxLine {
		return entry{}, errMalformed
	}
	var e entry
	c := &cursor{rest: line}
	c.lit(`{"seq":`)
	e.seq = c.uint()
	c.lit(`,"time":`)
	stamp := c.quoted(40)
	c.lit(`,"kind":"`)
	e.kind = Kind(c.run(maxName, isLetter))
	c.lit(`","severity":"`)
	e.severity = Severity(c.run(maxName, isLetter))
	c.lit(`","fields":{`)
	e.fields = parseFields(c)
	c.lit(`,"prev":"`)
	e.prev = c.hash()
	c.lit(`"}`)
	if c.bad || len(c.rest) != 0 || !e.severity.known() {
		return entry{}, errMalformed
	}
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil || at.UTC().Format(time.RFC3339Nano) != stamp {
		return entry{}, errMalformed
	}
	e.time = at.UTC()
	return e, nil
}

// parseFields reads the members after the opening brace, and the closing one.
func parseFields(c *cursor) []field {
	if c.try("}") {
		return nil
	}
	var fields []field
	last := ""
	for !c.bad {
		c.lit(`"`)
		name := c.run(maxName, isName)
		c.lit(`":`)
		if name <= last || len(fields) > maxFields {
			c.bad = true
		}
		last = name
		fields = append(fields, parseValue(c, name))
		if c.try("}") {
			return fields
		}
		c.lit(",")
	}
	return nil
}

func parseValue(c *cursor, name string) field {
	switch {
	case c.try("true"):
		return truth(name, true)
	case c.try("false"):
		return truth(name, false)
	case c.try("["):
		return field{name: name, typ: fieldList, list: parseList(c)}
	case len(c.rest) > 0 && c.rest[0] == '"':
		return text(name, c.quoted(maxText))
	}
	return field{name: name, typ: fieldNumber, text: c.integer()}
}

// parseList reads the items after the opening bracket, and the closing one.
func parseList(c *cursor) []string {
	if c.try("]") {
		return nil
	}
	var items []string
	for !c.bad && len(items) < maxList {
		items = append(items, c.quoted(maxItem))
		if c.try("]") {
			return items
		}
		c.lit(",")
	}
	c.bad = true
	return nil
}
