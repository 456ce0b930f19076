package cuda

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/errors"
)

// Select is New for an engine: it leaves only the devices that are named, by
// the driver's number or by UUID, and numbers them from 0. Where none is named
// all are taken, and one that the policy refuses is an error: who has such a
// device names those to be used. Besides ErrInvalidOptions the errors are
// *Problem, which says what to do.
func Select(o Options, names []string) (*Backend, error) {
	o.EnsureDefaults()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.Libraries, o.NVML = slices.Clone(o.Libraries), slices.Clone(o.NVML)
	return selectIn(o, names, ownSurroundings(), "/")
}

func selectIn(o Options, names []string, s surroundings, root string) (*Backend, error) {
	b, err := newBackend(o, s, root)
	if b == nil || err != nil && len(b.refused) == 0 {
		system, failed := readPlatform(root)
		if failed != nil {
			return nil, failed
		}
		return nil, startProblem(err, system)
	}
	if len(names) > 0 {
		if err := b.choose(names); err != nil {
			return nil, err
		}
		return b, nil
	}
	var first *Problem
	for _, r := range b.refused {
		p := b.refusal(r)
		if p.Policy {
			return nil, p
		}
		if first == nil {
			first = p
		}
	}
	if first != nil && len(b.devices) == 0 {
		return nil, first
	}
	return b, nil
}

// refusal is the problem of one device, with its number.
func (b *Backend) refusal(r Refusal) *Problem {
	p := b.problemOf(r)
	p.Text = "device " + strconv.Itoa(r.Ordinal) + " (" + r.Name + "): " + p.Text
	if p.Policy && len(b.devices) > 0 {
		p.Text += "; or name the GPUs to be used (--gpu)"
	}
	return p
}

// choose drops the devices that are not named. It is called before anybody
// else has the backend.
func (b *Backend) choose(names []string) error {
	var chosen []facts
	for _, name := range names {
		named := func(ordinal int, uuid string) bool {
			return name == strconv.Itoa(ordinal) || uuid != "" && strings.EqualFold(name, uuid)
		}
		for _, r := range b.refused {
			if named(r.Ordinal, r.UUID) {
				return b.refusal(r)
			}
		}
		i := slices.IndexFunc(b.devices, func(f facts) bool { return named(f.ordinal, f.info.UUID) })
		if i < 0 {
			return errors.Wrapf(ErrInvalidOptions, "there is no GPU %s: vram-engine devices lists them", strconv.Quote(shorten(name)))
		}
		if slices.ContainsFunc(chosen, func(f facts) bool { return f.ordinal == b.devices[i].ordinal }) {
			continue
		}
		f := b.devices[i]
		f.info.Index = len(chosen)
		chosen = append(chosen, f)
	}
	b.devices = chosen
	return nil
}
