package audit

import (
	"bytes"
	"testing"

	"github.com/cockroachdb/errors"
)

// FuzzOpen puts arbitrary bytes in the place of the lines, the head and the
// key. The log is refused with a typed error, or it opens, can be written, and
// verifies afterwards.
func FuzzOpen(f *testing.F) {
	whole := newMemFS()
	o := testOptions()
	o.SegmentBytes = 1 << 20
	l, _, err := open(o, whole, nothing{})
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range everyRecord()[:3] {
		if _, err := l.Write(f.Context(), r); err != nil {
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
	f.Add(lines, true, []byte(nil), []byte(nil))
	f.Add(lines, false, []byte(nil), []byte(nil))
	f.Add(lines[:len(lines)-5], true, []byte(nil), []byte(nil))
	f.Add(append(bytes.Clone(lines), "{\"seq\":4,"...), true, []byte(nil), []byte(nil))
	f.Add(append(bytes.Clone(lines), make([]byte, 300)...), true, []byte(nil), []byte(nil))
	f.Add(lines, true, whole.names[headName].data[:slotSize], []byte("-----BEGIN PUBLIC KEY-----"))
	f.Fuzz(func(t *testing.T, segment []byte, covered bool, headBytes, key []byte) {
		m := empty.clone()
		if covered {
			m = whole.clone()
		}
		m.names[name] = &memInode{data: segment}
		if len(headBytes) > 0 {
			m.names[headName].data = headBytes
		}
		if len(key) > 0 {
			m.names[keyFile].data = key
		}
		report, verr := verify(m, "(memory)", VerifyOptions{PublicKey: o.Signer.PublicKey()})
		typed(t, verr)
		o := testOptions()
		l, found, err := open(o, m, nothing{})
		typed(t, err)
		if (err == nil) != (verr == nil) || found.CutBytes != report.TornBytes {
			t.Fatalf("open: %+v, %v; verify: %+v, %v", found, err, report, verr)
		}
		if err != nil {
			return
		}
		mustWrite(t, l, OperatorAction("", "", "", ""))
		closeLog(t, l)
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
