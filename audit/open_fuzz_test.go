package audit

import (
	"bytes"
	"testing"

	"github.com/cockroachdb/errors"
)

// FuzzOpen puts arbitrary bytes in the place of the lines and changes the head.
// The log is refused with a typed error, or it opens, can be written, and
// verifies afterwards.
func FuzzOpen(f *testing.F) {
	whole := newMemFS()
	o := testOptions()
	o.SegmentBytes = 1 << 20
	l, _, err := open(o, whole, nothing{})
	if err != nil {
		f.Fatal(err)
	}
	for range 2 {
		if _, err := l.Write(f.Context(), auditDropped(1)); err != nil {
			f.Fatal(err)
		}
	}
	if err := l.Close(f.Context()); err != nil {
		f.Fatal(err)
	}
	empty := newMemFS()
	if err := create(empty, o.Signer); err != nil {
		f.Fatal(err)
	}
	name := segmentName(1)
	lines := whole.names[name].data
	f.Add(lines, true, 0, byte(0))
	f.Add(lines, false, 0, byte(0))
	f.Add(lines[:len(lines)-5], true, 0, byte(0))
	f.Add(append(bytes.Clone(lines), "{\"seq\":3,"...), true, 0, byte(0))
	f.Add(append(bytes.Clone(lines), make([]byte, 30)...), true, 0, byte(0))
	f.Add(lines, true, 20, byte(1))
	f.Add(lines, true, slotSize+20, byte(1))
	f.Fuzz(func(t *testing.T, segment []byte, covered bool, at int, flip byte) {
		m := empty.clone()
		if covered {
			m = whole.clone()
		}
		m.names[name] = &memInode{data: segment}
		if at >= 0 && at < headSize {
			m.names[headName].data[at] ^= flip
		}
		report, verr := verify(m, "(memory)", VerifyOptions{PublicKey: o.Signer.PublicKey()})
		typed(t, verr)
		o := testOptions()
		// Without the writer's goroutine, which would make coverage depend on chance.
		s, found, err := load(m, o)
		typed(t, err)
		if (err == nil) != (verr == nil) || found.CutBytes != report.TornBytes {
			t.Fatalf("open: %+v, %v; verify: %+v, %v", found, err, report, verr)
		}
		if err != nil {
			return
		}
		if _, err := s.commit(everyRecord()[:1]); err != nil {
			t.Fatal(err)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		after, err := verify(m, "(memory)", VerifyOptions{})
		if err != nil || after.TornBytes != 0 || after.Records < report.Records+1 {
			t.Fatalf("%+v, then %+v, %v", report, after, err)
		}
	})
}

func typed(t *testing.T, err error) {
	t.Helper()
	for _, known := range []error{nil, ErrTampered, ErrTruncated, ErrOtherKey, ErrNoLog} {
		if errors.Is(err, known) {
			return
		}
	}
	t.Fatalf("an error that nobody can branch on: %v", err)
}
