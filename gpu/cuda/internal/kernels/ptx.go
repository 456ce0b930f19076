package kernels

import (
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"io"
	"slices"
	"strings"

	"github.com/cockroachdb/errors"
)

//go:embed kernels.ptx.gz
var compressed string

const (
	maxModule   = 64 << 20 // no module is as large
	entryMark   = "\n.visible .entry "
	newTarget   = "\n.target sm_75\n" // as embedded
	oldTarget   = "\n.target sm_70\n" // the body is the same
	firstNewGPU = 75
	firstGPU    = 70
)

// PTX returns the module for a GPU of compute capability cc, which is ten times
// the major number plus the minor: 90 for 9.0. It has the kernels named, so
// that no other has to be translated by the driver, or all where none is named.
// The text has no terminating zero byte.
//
// The module names sm_75 as its target, which every newer GPU takes, and sm_70
// only for a GPU of 7.0 or 7.2. Errors: ErrOldDevice, ErrNoEntry, ErrDamaged.
func PTX(cc int, names ...string) ([]byte, error) {
	if cc < firstGPU {
		return nil, errors.WithStack(ErrOldDevice)
	}
	text, err := module()
	if err != nil {
		return nil, err
	}
	parts := strings.Split(text, entryMark)
	header := parts[0]
	if !strings.Contains(header+"\n", newTarget) {
		return nil, errors.WithStack(ErrDamaged)
	}
	if cc < firstNewGPU {
		header = strings.TrimSuffix(strings.Replace(header+"\n", newTarget, oldTarget, 1), "\n")
	}
	var b strings.Builder
	b.WriteString(header)
	wanted := slices.Clone(names)
	for _, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "(")
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		wanted = slices.DeleteFunc(wanted, func(w string) bool { return w == name })
		b.WriteString(entryMark)
		b.WriteString(strings.TrimSuffix(part, "\n"))
	}
	if len(wanted) > 0 {
		return nil, errors.Wrapf(ErrNoEntry, "%q", wanted[0])
	}
	b.WriteString("\n")
	return []byte(b.String()), nil
}

// Digest returns the SHA-256 of the whole module as it is embedded, which is
// what sha256sum prints for the decompressed file of the source tree. Error:
// ErrDamaged.
func Digest() ([sha256.Size]byte, error) {
	text, err := module()
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256([]byte(text)), nil
}

// module decompresses the embedded module.
func module() (string, error) {
	r, err := gzip.NewReader(strings.NewReader(compressed))
	if err != nil {
		return "", errors.Join(ErrDamaged, err)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxModule))
	if err := errors.Join(err, r.Close()); err != nil {
		return "", errors.Join(ErrDamaged, err)
	}
	return string(text), nil
}
