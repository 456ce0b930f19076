package audit

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cockroachdb/errors"
)

func sampleHead() head {
	return head{n: 7, seq: 12, size: 3456, segment: segmentName(5), hash: [32]byte{1, 2, 3}}
}

func TestHeadGolden(t *testing.T) {
	slot, err := sampleHead().sign(newTestSigner(1))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/head.txt", slot)
	h, err := verifyHead(slot, newTestSigner(1).PublicKey())
	if err != nil || h != sampleHead() {
		t.Fatalf("got %+v, %v", h, err)
	}
	if _, err := verifyHead(slot, newTestSigner(2).PublicKey()); err == nil {
		t.Error("verified with another key")
	}
	if _, err := verifyHead(slot, nil); err == nil {
		t.Error("verified without a key")
	}
}

// No byte of a slot can be changed, not even in its padding.
func TestHeadBytesMatter(t *testing.T) {
	s := newTestSigner(1)
	slot, err := sampleHead().sign(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range slot {
		bad := bytes.Clone(slot)
		bad[i] ^= 1
		if _, err := verifyHead(bad, s.PublicKey()); err == nil {
			t.Fatalf("byte %d changed and nobody noticed", i)
		}
	}
	for _, n := range []int{0, 1, len(slot) - 1} {
		if _, _, err := parseHead(slot[:n]); err == nil {
			t.Errorf("%d bytes accepted", n)
		}
	}
}

func TestHeadRefuses(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	sig := base64.StdEncoding.EncodeToString(make([]byte, 64))
	for _, text := range []string{
		`{"v":2,"n":0,"seq":0,"size":0,"segment":"","hash":"` + zeros + `","sig":"` + sig + `"}`,
		`{"v":1,"n":0,"seq":1,"size":0,"segment":"","hash":"` + zeros + `","sig":"` + sig + `"}`,
		`{"v":1,"n":0,"seq":0,"size":0,"segment":"` + segmentName(1) + `","hash":"` + zeros + `","sig":"` + sig + `"}`,
		`{"v":1,"n":0,"seq":1,"size":0,"segment":"../../../../../../etc/passwd.jsonl","hash":"` + zeros + `","sig":"` + sig + `"}`,
		`{"v":1,"n":0,"seq":0,"size":0,"segment":"","hash":"` + zeros + `","sig":""}`,
		`{"v":1,"n":0,"seq":0,"size":0,"segment":"","hash":"` + zeros + `","sig":"` + sig + `"} x`,
		`{"v":1,"n":0,"seq":0,"size":0,"segment":"","hash":"` + zeros + `","sig":"` + sig[:86] + `B="}`,
	} {
		slot := []byte(text + strings.Repeat(" ", slotSize-1-len(text)) + "\n")
		if _, _, err := parseHead(slot); err == nil {
			t.Errorf("accepted %s", text)
		}
	}
}

// Two slots count only together: each in its place, one after the other.
func TestChooseHead(t *testing.T) {
	s := newTestSigner(1)
	slot := func(n, seq uint64) []byte {
		h := head{n: n, seq: seq, size: seq * 100}
		if seq > 0 {
			h.segment = segmentName(1)
		}
		out, err := h.sign(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	garbage := bytes.Repeat([]byte{'x'}, slotSize)
	for _, c := range []struct {
		name          string
		first, second []byte
		n             uint64
		torn, bad     bool
	}{
		{"new", slot(0, 0), slot(1, 0), 1, false, false},
		{"even is newer", slot(2, 5), slot(1, 3), 2, false, false},
		{"odd is newer", slot(2, 5), slot(3, 6), 3, false, false},
		{"torn first", garbage, slot(3, 6), 3, true, false},
		{"torn second", slot(2, 6), garbage, 2, true, false},
		{"both torn", garbage, garbage, 0, false, true},
		{"swapped", slot(3, 6), slot(2, 5), 0, false, true},
		{"copied", slot(2, 5), slot(2, 5), 0, false, true},
		{"old one put back", slot(0, 0), slot(3, 6), 0, false, true},
		{"shrinking", slot(2, 6), slot(3, 5), 0, false, true},
	} {
		got, err := chooseHead(append(bytes.Clone(c.first), c.second...), s.PublicKey())
		switch {
		case c.bad && !errors.Is(err, errHead):
			t.Errorf("%s: got %+v, %v", c.name, got, err)
		case !c.bad && (err != nil || got.newest.n != c.n || got.torn != c.torn):
			t.Errorf("%s: got %+v, %v", c.name, got, err)
		}
	}
}

func FuzzParseHead(f *testing.F) {
	slot, err := sampleHead().sign(newTestSigner(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(slot)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, in []byte) {
		// The fuzzer finds the text; the padding is ours where it is short.
		if len(in) < slotSize {
			in = append(bytes.TrimRight(in, " \n"), bytes.Repeat([]byte{' '}, slotSize)...)[:slotSize]
			in[slotSize-1] = '\n'
		}
		h, sig, err := parseHead(in)
		if err != nil {
			return
		}
		again, err := appendSlot(h, sig)
		if err != nil || !bytes.Equal(again, in) {
			t.Fatalf("read %q, wrote %q (%v)", bytes.TrimRight(in, " \n"), bytes.TrimRight(again, " \n"), err)
		}
	})
}
