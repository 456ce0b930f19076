package gpu

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

func staging(t *testing.T, size Bytes) *Staging {
	t.Helper()
	s, err := NewStaging(size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStagingWipes(t *testing.T) {
	const size = 3*4096 + 5
	for _, row := range []struct {
		wipe Bytes
		left int // bytes at the end that stay
	}{{0, size}, {1, size - 1}, {4096, size - 4096}, {size - 1, 1}, {size, 0}, {size + 1, 0}, {math.MaxInt64, 0}, {MaxBytes, 0}} {
		s := staging(t, size)
		if len(s.Bytes()) != size || bytes.Count(s.Bytes(), []byte{0}) != size {
			t.Fatalf("%d bytes, which may not be zero", len(s.Bytes()))
		}
		for i := range s.Bytes() {
			s.Bytes()[i] = 0xa7
		}
		if err := s.Wipe(row.wipe); err != nil {
			t.Error(err)
		}
		zero, rest := s.Bytes()[:size-row.left], s.Bytes()[size-row.left:]
		if bytes.Count(zero, []byte{0}) != len(zero) || bytes.Count(rest, []byte{0xa7}) != row.left {
			t.Errorf("wiping %d bytes left something, or wiped too much", uint64(row.wipe))
		}
	}
}

func TestStagingRefusesSizes(t *testing.T) {
	for _, size := range []Bytes{0, math.MaxInt64 + 1, MaxBytes} {
		if _, err := NewStaging(size); !errors.Is(err, ErrInvalidValue) {
			t.Errorf("%d bytes: %v", uint64(size), err)
		}
	}
	if _, err := NewStaging(math.MaxInt64); err == nil || errors.Is(err, ErrInvalidValue) {
		t.Errorf("more than the host has: %v", err)
	}
}

func TestStagingCloses(t *testing.T) {
	s := staging(t, 4096)
	for range 3 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(s.Bytes()) != 0 {
		t.Error("memory that was given back can be reached")
	}
	if err := s.Wipe(MaxBytes); err != nil {
		t.Error(err)
	}
}

// TestStagingPrintsNothing of what it holds.
func TestStagingPrintsNothing(t *testing.T) {
	s := staging(t, 64)
	copy(s.Bytes(), "hunter2")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d", "%p"} {
		text := fmt.Sprintf(verb, s)
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e") || strings.Contains(text, "104 117") || !strings.Contains(text, "staging") && verb != "%p" {
			t.Errorf("%s prints %q", verb, text)
		}
		nested := fmt.Sprintf(verb, struct{ S *Staging }{s})
		if strings.Contains(nested, "hunter2") || strings.Contains(nested, "68756e") {
			t.Errorf("%s of a struct prints %q", verb, nested)
		}
	}
}
