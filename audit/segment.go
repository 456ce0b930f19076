package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	segmentPrefix = "audit-"
	segmentSuffix = ".jsonl"
)

// segmentName is the name of the file whose first line is the given one.
func segmentName(first uint64) string {
	return fmt.Sprintf("%s%020d%s", segmentPrefix, first, segmentSuffix)
}

// segmentStart is the inverse of segmentName.
func segmentStart(name string) (uint64, bool) {
	digits, ok := strings.CutPrefix(name, segmentPrefix)
	if !ok {
		return 0, false
	}
	digits, ok = strings.CutSuffix(digits, segmentSuffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	first, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || segmentName(first) != name {
		return 0, false
	}
	return first, true
}

// segments returns the names of the segments among names, in order. Other
// files are left alone.
func segments(names []string) []string {
	var out []string
	for _, name := range names {
		if _, ok := segmentStart(name); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
