package kernel

import "fmt"

// Choice is a plan and why.
type Choice struct {
	Plan Plan
	// Text names the method, and the mode that decided if one did.
	Text string
	// Warning says that a forced method cannot be used, and what to do; it is
	// empty if all is as asked for.
	Warning string
}

// Choose returns the plan for this processor. forced is the name of a method
// in the environment, or empty for the fastest one; a forced kernel hashes
// everything but single leaves. In FIPS 140-3 mode the choice is always
// crypto/sha256.
func Choose(forced string, fips bool) Choice { return choose(detect(), forced, fips) }

// fewLeaves is measured: on Zen 5, three pairs take as long as 77 % of a call
// of the 8-lane kernel.
const fewLeaves = 6

func choose(f features, forced string, fips bool) Choice {
	if fips {
		c := Choice{Text: Standard.String() + " (FIPS 140-3 mode)"}
		if forced != "" && forced != Standard.Forced() {
			c.Warning = "only crypto/sha256 is used in FIPS 140-3 mode; do not force another method"
		}
		return c
	}
	best := f.fastest()
	automatic := Choice{Plan: Plan{method: best, mixed: true}, Text: best.String()}
	if f.sha {
		automatic.Plan.few = fewLeaves
	}
	if forced == "" {
		return automatic
	}
	for m := range methods {
		if m.Forced() != forced {
			continue
		}
		if !f.can(m) {
			automatic.Warning = fmt.Sprintf("this processor cannot execute the forced method %s; %s is used instead", m, best)
			return automatic
		}
		return Choice{Plan: Plan{method: m}, Text: m.String()}
	}
	automatic.Warning = fmt.Sprintf("the forced method is unknown; %s is used instead; force one of: go, shani, avx2, avx512vl, avx512, avx512zen5, avx512x2", best)
	return automatic
}
