package audit

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/errors"
)

// tamperLog is a closed log of ten records in several segments.
func tamperLog(t *testing.T) *memFS {
	t.Helper()
	m := newMemFS()
	o := testOptions()
	o.SegmentBytes = 1600
	l, _ := openMem(t, m, o)
	for i := range 10 {
		mustWrite(t, l, VramSealed(fmt.Sprintf("shard-%d", i+1), 0, 4096, strings.Repeat("ab", 32), "SIM-0", ""))
	}
	closeLog(t, l)
	names, err := m.Names()
	if err != nil {
		t.Fatal(err)
	}
	if segs := segments(names); len(segs) < 3 {
		t.Fatalf("only %d segments", len(segs))
	}
	return m
}

func (m *memFS) clone() *memFS {
	return m.crash(imageKilled, nil)
}

// lineOps edit the lines of one segment, given with their newlines.
type lineOp func(lines []string) []string

func editSegment(m *memFS, name string, op lineOp) {
	inode := m.names[name]
	lines := strings.SplitAfter(string(inode.data), "\n")
	inode.data = []byte(strings.Join(op(lines[:len(lines)-1]), ""))
}

func TestTampering(t *testing.T) {
	whole := tamperLog(t)
	first := segmentName(1)
	names, err := whole.Names()
	if err != nil {
		t.Fatal(err)
	}
	segs := segments(names)
	second, last := segs[1], segs[len(segs)-1]
	secondStart, _ := segmentStart(second)
	lastStart, _ := segmentStart(last)
	perFirst := secondStart - 1
	if perFirst < 3 || lastStart == 10 {
		t.Fatalf("segments %v are not what the cases need", segs)
	}
	replaceIn := func(i int, from, to string) lineOp {
		return func(l []string) []string { l[i] = strings.Replace(l[i], from, to, 1); return l }
	}
	drop := func(i int) lineOp {
		return func(l []string) []string { return append(l[:i], l[i+1:]...) }
	}
	swap := func(i, j int) lineOp {
		return func(l []string) []string { l[i], l[j] = l[j], l[i]; return l }
	}
	for _, c := range []struct {
		name    string
		segment string // that is edited
		op      lineOp
		at      TamperError // Reason is a prefix
	}{
		{"a text is changed", first, replaceIn(1, "shard-2", "shard-9"), TamperError{first, 2, 2, "changed"}},
		{"a number is changed", first, replaceIn(0, "4096", "4097"), TamperError{first, 1, 1, "changed"}},
		{"a severity is changed", first, replaceIn(1, `"info"`, `"warning"`), TamperError{first, 2, 2, "changed"}},
		{"a time is changed", first, replaceIn(1, `04:07`, `04:59`), TamperError{first, 2, 2, "changed"}},
		{"the chain is changed", first, replaceIn(1, `"prev":"`, `"prev":"0`), TamperError{first, 2, 2, "changed"}},
		{"prev is zeroed", first, func(l []string) []string {
			l[1] = l[1][:len(l[1])-67] + strings.Repeat("0", 64) + "\"}\n"
			return l
		}, TamperError{first, 2, 2, "changed"}},
		{"not canonical", first, replaceIn(1, `"kind":`, `"kind": `), TamperError{first, 2, 2, "changed"}},
		{"a number of sequence is changed", first, replaceIn(1, `"seq":2,`, `"seq":7,`), TamperError{first, 2, 2, "changed"}},
		{"a blank line", first, func(l []string) []string { return append([]string{"\n"}, l...) }, TamperError{first, 1, 1, "changed"}},
		{"the last line of a segment", first, replaceIn(int(perFirst-1), "4096", "4097"), TamperError{second, 1, secondStart, "changed"}},
		{"the last line of all", last, replaceIn(int(10-lastStart), "4096", "4097"), TamperError{last, 10 - lastStart + 1, 10, "rewritten"}},
		{"the first line is removed", first, drop(0), TamperError{first, 1, 1, "removed"}},
		{"a middle line is removed", first, drop(1), TamperError{first, 2, 2, "removed"}},
		{"a segment's last line is removed", first, drop(int(perFirst - 1)), TamperError{second, 0, perFirst, "removed"}},
		{"a line is inserted twice", first, func(l []string) []string { return append(l[:2:2], l[1:]...) }, TamperError{first, 2, 2, "inserted"}},
		{"a forged line is inserted", first, func(l []string) []string {
			forged := strings.Replace(l[1], "shard-2", "shard-x", 1)
			return append(l[:1:1], append([]string{forged}, l[1:]...)...)
		}, TamperError{first, 2, 2, "inserted"}},
		{"an old line is inserted later", first, func(l []string) []string { return append(l, l[0]) }, TamperError{first, perFirst + 1, 1, "inserted"}},
		{"neighbours are swapped", first, swap(0, 1), TamperError{first, 1, 1, "reordered"}},
		{"lines are swapped", first, swap(0, 2), TamperError{first, 1, 1, "reordered"}},
		{"a newline is missing", first, func(l []string) []string { l[len(l)-1] = strings.TrimSuffix(l[len(l)-1], "\n"); return l }, TamperError{first, perFirst, perFirst, "changed"}},
		{"a segment is empty", first, func([]string) []string { return nil }, TamperError{second, 0, 1, "removed"}},
		{"endless line", first, func(l []string) []string { return append([]string{strings.Repeat("x", 3*maxLine)}, l...) }, TamperError{first, 1, 1, "changed"}},
	} {
		m := whole.clone()
		editSegment(m, c.segment, c.op)
		_, err := verify(m, "(memory)", VerifyOptions{})
		checkTampered(t, c.name, err, c.at)
		_, _, err = open(testOptions(), m, nothing{})
		checkTampered(t, c.name+", opened", err, c.at)
	}
}

func checkTampered(t *testing.T, name string, err error, want TamperError) {
	t.Helper()
	var got *TamperError
	if !errors.As(err, &got) || !errors.Is(err, ErrTampered) {
		t.Errorf("%s: got %v", name, err)
		return
	}
	if got.Segment != want.Segment || got.Line != want.Line || got.Seq != want.Seq || !strings.HasPrefix(got.Reason, want.Reason) {
		t.Errorf("%s: got %+v, want %+v", name, *got, want)
	}
}

// rechain makes a log of the lines after a change, with a chain that holds.
func rechain(t *testing.T, lines []string) []string {
	t.Helper()
	c := newChain()
	for i, l := range lines {
		e, err := parseLine([]byte(strings.TrimSuffix(l, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		e.seq, e.prev = c.next, c.prev
		line := appendLine(nil, e)
		c.advance(e, line)
		lines[i] = string(line) + "\n"
	}
	return lines
}

// A chain that was computed anew does not lead to what the head signs.
func TestRewrittenLog(t *testing.T) {
	m := newMemFS()
	o := testOptions()
	o.SegmentBytes = 1 << 20
	l, _ := openMem(t, m, o)
	for i := range 5 {
		mustWrite(t, l, VramSealed(fmt.Sprint(i), 0, 4096, "", "", ""))
	}
	closeLog(t, l)
	name := segmentName(1)
	for what, op := range map[string]lineOp{
		"changed":  func(l []string) []string { l[1] = strings.Replace(l[1], "4096", "4097", 1); return rechain(t, l) },
		"inserted": func(l []string) []string { return rechain(t, append(l[:1:1], l...)) },
	} {
		bad := m.clone()
		editSegment(bad, name, op)
		_, err := verify(bad, "(memory)", VerifyOptions{})
		checkTampered(t, what, err, TamperError{name, 5, 5, "rewritten"})
	}
	bad := m.clone()
	editSegment(bad, name, func(l []string) []string { l[1] = strings.Replace(l[1], "2026", "2025", 1); return rechain(t, l) })
	_, err := verify(bad, "(memory)", VerifyOptions{})
	checkTampered(t, "backwards", err, TamperError{name, 2, 2, "changed: its time"})
	bad = m.clone()
	editSegment(bad, name, func(l []string) []string { return rechain(t, append(l[:1], l[2:]...)) })
	if _, err := verify(bad, "(memory)", VerifyOptions{}); !errors.Is(err, ErrTruncated) {
		t.Errorf("removed: %v", err)
	}
}

// A log cut anywhere, to the byte, is refused, and so is each changed byte.
func TestEveryCutAndEveryByte(t *testing.T) {
	whole := tamperLog(t)
	o := testOptions()
	state, err := chooseHead(whole.names[headName].data, o.Signer.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	newest := int(state.newest.n % slotCount)
	// The signatures are checked where they matter: that takes most of the time.
	check := func(m *memFS, name string) (Report, error) {
		if name == headName {
			return verify(m, "(memory)", VerifyOptions{})
		}
		names, err := m.Names()
		if err != nil {
			t.Fatal(err)
		}
		_, err = scan(m, names, state, func(entry) {})
		return Report{}, err
	}
	for name, inode := range whole.names {
		if name == keyFile {
			continue
		}
		for at := range inode.data {
			if name == headName && at%256 != 0 && at%slotSize > 400 {
				continue // padding: a sample is enough
			}
			m := whole.clone()
			m.names[name].data = m.names[name].data[:at]
			if _, err := check(m, name); !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrTampered) {
				t.Fatalf("%s cut to %d bytes: %v", name, at, err)
			}
			m = whole.clone()
			m.names[name].data[at] ^= 0x20
			r, err := check(m, name)
			if name == headName && at/slotSize == newest {
				// Nobody can tell this from a crash in the middle of a head write.
				if err != nil || !r.HeadTorn || r.Unacknowledged != 1 {
					t.Fatalf("byte %d of the newest head changed: %+v, %v", at, r, err)
				}
				continue
			}
			// The last newline of all may as well be missing.
			if last := at == len(inode.data)-1; !errors.Is(err, ErrTampered) && !(last && errors.Is(err, ErrTruncated)) {
				t.Fatalf("byte %d of %s changed: %v", at, name, err)
			}
		}
	}
	if _, _, err := open(o, whole, nothing{}); err != nil {
		t.Fatal(err)
	}
}

func TestMissingFiles(t *testing.T) {
	whole := tamperLog(t)
	names, err := whole.Names()
	if err != nil {
		t.Fatal(err)
	}
	segs := segments(names)
	for i, name := range append(segs, headName) {
		m := whole.clone()
		delete(m.names, name)
		_, verr := verify(m, "(memory)", VerifyOptions{})
		_, _, oerr := open(testOptions(), m, nothing{})
		want := ErrTampered
		if i == len(segs)-1 {
			want = ErrTruncated
		}
		if !errors.Is(verr, want) || !errors.Is(oerr, want) {
			t.Errorf("without %s: %v; %v", name, verr, oerr)
		}
	}
	if _, err := verify(newMemFS(), "(memory)", VerifyOptions{}); !errors.Is(err, ErrNoLog) {
		t.Errorf("empty directory: %v", err)
	}
}

func TestOtherKeys(t *testing.T) {
	whole := tamperLog(t)
	other := newTestSigner(2)
	o := testOptions()
	o.Signer = other
	if _, _, err := open(o, whole, nothing{}); !errors.Is(err, ErrOtherKey) {
		t.Errorf("opened with another key: %v", err)
	}
	if _, err := verify(whole, "(memory)", VerifyOptions{PublicKey: other.PublicKey()}); !errors.Is(err, ErrOtherKey) {
		t.Errorf("verified with another key: %v", err)
	}
	if _, err := verify(whole, "(memory)", VerifyOptions{PublicKey: []byte("short")}); !errors.Is(err, ErrInvalid) {
		t.Errorf("verified with no key: %v", err)
	}
	pem, err := encodePublicKey(other.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	for what, contents := range map[string][]byte{"another": pem, "garbage": []byte("x"), "long": bytes.Repeat([]byte("x"), 5000)} {
		m := whole.clone()
		m.names[keyFile].data = contents
		if _, err := verify(m, "(memory)", VerifyOptions{}); !errors.Is(err, ErrTampered) {
			t.Errorf("%s key beside the log: %v", what, err)
		}
		l, found := openMem(t, m, testOptions())
		closeLog(t, l)
		if !found.KeyRewritten {
			t.Errorf("%s key beside the log was left there", what)
		}
		if r, err := verify(m, "(memory)", VerifyOptions{}); err != nil || r.KeyPinned || r.KeyFingerprint != Fingerprint(newTestSigner(1).PublicKey()) {
			t.Errorf("%s key beside the log was not put right: %+v, %v", what, r, err)
		}
	}
}
