package sim

import (
	"slices"

	"github.com/vram-engine/vram-engine/gpu"
)

// rule makes one call, or every call, of an operation fail.
type rule struct {
	op     Op
	left   int // calls until it fires, this one included
	always bool
	code   gpu.Code
	sticky bool
}

// script is what is to fail.
type script struct {
	rules []rule
	fired int
}

func (s *script) add(r rule) { s.rules = append(s.rules, r) }

// next counts a call down in every rule that means it, and returns the first
// one that is due. Rules that are spent are dropped.
func (s *script) next(op Op) (rule, bool) {
	var due []rule
	s.rules = slices.DeleteFunc(s.rules, func(r rule) bool { return r.left == 0 && !r.always })
	for i := range s.rules {
		r := &s.rules[i]
		if !r.op.matches(op) {
			continue
		}
		if !r.always {
			r.left--
		}
		if r.left == 0 {
			due = append(due, *r)
		}
	}
	if len(due) == 0 {
		return rule{}, false
	}
	s.fired++
	return due[0], true
}
