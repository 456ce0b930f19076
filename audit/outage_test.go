package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/errors"
)

var errDisk = errors.New("test: input/output error")

// failOnce makes the next operation of the kind on a file of the name fail.
func failOnce(m *memFS, what, name string, part int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	failed := false
	m.fault = func(_ int, w, n string) *memFault {
		if failed || w != what || n != name {
			return nil
		}
		failed = true
		return &memFault{err: errDisk, part: part}
	}
}

// A refused batch leaves not a byte behind, although it was longer than what
// follows.
func TestRefusedLeavesNothing(t *testing.T) {
	m := newMemFS()
	o := testOptions()
	o.SegmentBytes = 1 << 20
	l, _ := openMem(t, m, o)
	mustWrite(t, l, auditDropped(1))
	name := segmentName(1)
	long := Executed("", slices.Repeat([]string{strings.Repeat("x", 200)}, 64), 0, "", "", 0)
	for _, what := range []string{"write", "sync"} {
		failOnce(m, what, name, 50)
		if _, err := l.Write(t.Context(), long); !errors.Is(err, ErrUnavailable) || !errors.Is(err, errDisk) {
			t.Fatalf("%s: %v", what, err)
		}
		mustWrite(t, l, auditDropped(2))
		if r, err := verify(m, "(memory)", VerifyOptions{}); err != nil || r.TornBytes != 0 || r.Kinds[KindExecuted] != 0 {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	closeLog(t, l)
}

// After a failed sync nothing is written before the file was opened anew, made
// durable and read back.
func TestFailedSyncIsFatalForTheFile(t *testing.T) {
	for _, name := range []string{segmentName(1), headName} {
		m := newMemFS()
		o := testOptions()
		o.SegmentBytes = 1 << 20
		l, _ := openMem(t, m, o)
		mustWrite(t, l, auditDropped(1))
		failOnce(m, "sync", name, 100)
		if _, err := l.Write(t.Context(), auditDropped(2)); !errors.Is(err, ErrUnavailable) {
			t.Fatal(err)
		}
		m.mu.Lock()
		from := len(m.log)
		m.mu.Unlock()
		mustWrite(t, l, auditDropped(3))
		closeLog(t, l)
		var did []string
		for _, op := range m.log[from:] {
			if words := strings.Fields(op); words[len(words)-1] == name && !slices.Contains(did, words[1]) {
				did = append(did, words[1])
			}
		}
		// The order of the first operation of each kind.
		want := []string{"open", "truncate", "sync", "read", "close", "write"}
		if name == headName {
			want = []string{"open", "read", "close", "write", "sync"}
		}
		if !slices.Equal(did, want) {
			t.Errorf("%s: did %q, want %q", name, did, want)
		}
	}
}

// While the files are not what was written, the log stays unavailable and says
// why; when they are again, it goes on.
func TestRepairComparesFiles(t *testing.T) {
	segment := segmentName(1)
	for _, c := range []struct {
		what, name string
		change     func(data []byte) []byte
		want       error
	}{
		{"changed", segment, func(d []byte) []byte { d[40] ^= 1; return d }, ErrTampered},
		{"shorter", segment, func(d []byte) []byte { return d[:100] }, ErrTruncated},
		{"head changed", headName, func(d []byte) []byte { d[30] ^= 1; d[slotSize+30] ^= 1; return d }, ErrTampered},
		{"head shorter", headName, func(d []byte) []byte { return d[:100] }, ErrUnavailable},
	} {
		m := newMemFS()
		o := testOptions()
		o.SegmentBytes = 1 << 20
		l, _ := openMem(t, m, o)
		mustWrite(t, l, auditDropped(1))
		failOnce(m, "sync", segment, 0)
		if err := l.Emit(EngineStopped("queued", true)); err != nil {
			t.Fatal(err)
		}
		if err := l.Flush(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Fatal(err)
		}
		m.mu.Lock()
		good := m.names[c.name].data
		m.names[c.name].data = c.change(slices.Clone(good))
		m.mu.Unlock()
		for range 2 {
			if err := l.Flush(t.Context()); !errors.Is(err, ErrUnavailable) || !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		m.mu.Lock()
		m.names[c.name].data = good
		m.mu.Unlock()
		if err := l.Flush(t.Context()); err != nil {
			t.Errorf("%s, put right: %v", c.what, err)
		}
		closeLog(t, l)
		if got := entries(t, m, o); len(got) != 3 || fieldOf(got[2], "reason") != "queued" {
			t.Errorf("%s: got %+v", c.what, got)
		}
	}
}

// Emitted records of a batch that failed come in their order, before what
// follows.
func TestEmittedSurviveAnOutage(t *testing.T) {
	m := newMemFS()
	o := testOptions()
	l, _ := openMem(t, m, o)
	full := true
	m.fault = func(_ int, what, _ string) *memFault {
		if full && what == "write" {
			return &memFault{err: errors.New("test: no space left on device"), part: 50}
		}
		return nil
	}
	for i := range 3 {
		if err := l.Emit(EngineStopped(fmt.Sprint(i), true)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Write(t.Context(), VramSealed("refused", 0, 1, "", "", "")); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("write on a full disk: %v", err)
	}
	if err := l.Flush(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("flush on a full disk: %v", err)
	}
	if err := l.Healthy(); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("healthy on a full disk: %v", err)
	}
	m.mu.Lock()
	full = false
	m.mu.Unlock()
	mustWrite(t, l, VramSealed("accepted", 0, 1, "", "", ""))
	if err := l.Healthy(); err != nil {
		t.Fatalf("healthy when space is back: %v", err)
	}
	closeLog(t, l)
	var got []string
	for _, e := range entries(t, m, o) {
		got = append(got, string(e.kind)+" "+fieldOf(e, "reason")+fieldOf(e, "shard_id"))
	}
	want := []string{"AuditRecovered the log could not be written", "EngineStopped 0", "EngineStopped 1", "EngineStopped 2", "VramSealed accepted"}
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// What could not be written until the end is reported as lost.
func TestCloseOnFullDisk(t *testing.T) {
	m := newMemFS()
	l, _ := openMem(t, m, testOptions())
	m.fault = func(_ int, what, _ string) *memFault {
		if what == "write" {
			return &memFault{err: errors.New("test: no space left on device")}
		}
		return nil
	}
	if err := l.Emit(EngineStopped("", true)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("close: %v", err)
	}
}
