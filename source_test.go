package vram

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
)

// readerFunc is a reader that is a function.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// after gives the bytes and then what then does.
func after(p []byte, then func([]byte) (int, error)) io.Reader {
	return io.MultiReader(bytes.NewReader(p), readerFunc(then))
}

// hostileSources are sources for 3 MiB, and what sealing them must give.
func hostileSources(p []byte) map[string]struct {
	source io.Reader
	kind   error
} {
	type row = struct {
		source io.Reader
		kind   error
	}
	half := p[:len(p)/2]
	broken := errors.New("the disk is on fire")
	return map[string]row{
		"shrinks":                {bytes.NewReader(half), ErrInvalidInput},
		"empty":                  {bytes.NewReader(nil), ErrInvalidInput},
		"grows":                  {io.MultiReader(bytes.NewReader(p), strings.NewReader("x")), ErrInvalidInput},
		"fails at once":          {iotest.ErrReader(broken), ErrInvalidInput},
		"fails in the middle":    {io.MultiReader(bytes.NewReader(half), iotest.ErrReader(broken)), ErrInvalidInput},
		"fails at the end":       {io.MultiReader(bytes.NewReader(p), iotest.ErrReader(broken)), ErrInvalidInput},
		"panics at once":         {after(nil, func([]byte) (int, error) { panic(testToken) }), ErrInvalidInput},
		"panics in the middle":   {after(half, func([]byte) (int, error) { panic(testToken) }), ErrInvalidInput},
		"panics at the end":      {after(p, func([]byte) (int, error) { panic(testToken) }), ErrInvalidInput},
		"ends its goroutine":     {after(half, func([]byte) (int, error) { runtime.Goexit(); return 0, nil }), ErrInvalidInput},
		"ends it at the end":     {after(p, func([]byte) (int, error) { runtime.Goexit(); return 0, nil }), ErrInvalidInput},
		"never gives anything":   {after(half, func([]byte) (int, error) { return 0, nil }), ErrInvalidInput},
		"never says it is over":  {after(p, func([]byte) (int, error) { return 0, nil }), ErrInvalidInput},
		"claims too many bytes":  {after(half, func(b []byte) (int, error) { return len(b) + 1, nil }), ErrInvalidInput},
		"claims negative bytes":  {after(half, func([]byte) (int, error) { return -1, nil }), ErrInvalidInput},
		"gives one byte a time":  {iotest.OneByteReader(bytes.NewReader(p)), nil},
		"ends with its last one": {iotest.DataErrReader(bytes.NewReader(p)), nil},
	}
}

// TestHostileSources seals from each source, for a new id and for one that is
// there. Nothing stays allocated, and nothing is left unscrubbed.
func TestHostileSources(t *testing.T) {
	p := randomBytes(3 << 20)
	for name, row := range hostileSources(p) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := newScenario(t)
				if err != nil {
					t.Fatal(err)
				}
				_, err = s.e.Seal(t.Context(), SealRequest{ID: "x", Source: row.source, Size: gpu.BytesOf(len(p))})
				if !errors.Is(err, row.kind) {
					t.Errorf("got %v, want %v", err, row.kind)
				}
				if err != nil && strings.Contains(err.Error(), testToken) {
					t.Errorf("the error shows the panic's value: %v", err)
				}
				if err != nil {
					s.gone()
				}
				s.settled()
				if err := s.close(); err != nil {
					t.Error(err)
				}
				time.Sleep(throttle)
			})
		})
	}
}

// TestHostileSourcesOfAShardThatIsThere compares with a sealed shard.
func TestHostileSourcesOfAShardThatIsThere(t *testing.T) {
	p := randomBytes(3 << 20)
	for name, row := range hostileSources(p) {
		if strings.Contains(name, "goroutine") || strings.Contains(name, "ends it") {
			continue // it would end the caller's, as the caller asked
		}
		t.Run(name, func(t *testing.T) {
			e := open(t)
			h := sealBytes(t, e, "x", p)
			again, err := e.Seal(t.Context(), SealRequest{ID: "x", Source: row.source, Size: gpu.BytesOf(len(p))})
			switch {
			case row.kind == nil && (err != nil || again != h):
				t.Errorf("the same bytes: %v", err)
			case row.kind != nil && !errors.Is(err, ErrInvalidInput) && !errors.Is(err, ErrConflict):
				t.Errorf("got %v", err)
			}
			if _, err := e.Verify(t.Context(), "x"); err != nil {
				t.Errorf("the shard that was there: %v", err)
			}
		})
	}
}

// TestBlockedSourceIsLeftWhenTheCallerGivesUp waits for a source that blocks
// until the test ends; the caller does not.
func TestBlockedSourceIsLeftWhenTheCallerGivesUp(t *testing.T) {
	for _, there := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, err := newScenario(t)
			if err != nil {
				t.Fatal(err)
			}
			p := randomBytes(8192)
			if there {
				sealBytes(t, s.e, "x", p)
			}
			release := make(chan struct{})
			blocked := after(p[:4096], func([]byte) (int, error) { <-release; return 0, io.EOF })
			ctx, cancel := context.WithTimeout(t.Context(), time.Second) // of the bubble
			defer cancel()
			_, err = s.e.Seal(ctx, SealRequest{ID: "x", Source: blocked, Size: 8192})
			if !errors.Is(err, ErrCanceled) {
				t.Errorf("there %v: %v", there, err)
			}
			s.settled()
			close(release)
			if err := s.close(); err != nil {
				t.Error(err)
			}
			time.Sleep(throttle)
		})
	}
}

// TestUnexpectedBytesAreNotKept covers both kinds of expectation.
func TestUnexpectedBytesAreNotKept(t *testing.T) {
	p := randomBytes(70_000)
	sum := sha256.Sum256(p)
	wrong := sha256.Sum256(p[1:])
	e := open(t)
	for _, r := range []SealRequest{{ExpectDigest: hex.EncodeToString(wrong[:])}, {ExpectDigest: "sha256:" + hex.EncodeToString(wrong[:])}, {ExpectSHA256: hex.EncodeToString(wrong[:])}} {
		r.ID, r.Source, r.Size = "x", bytes.NewReader(p), gpu.BytesOf(len(p))
		_, err := e.Seal(t.Context(), r)
		if !errors.Is(err, ErrIntegrityViolation) || ExitStatus(err) != 3 {
			t.Errorf("%+v: %v", r.ExpectDigest, err)
		}
		if left := e.Shards(); len(left) != 0 {
			t.Errorf("kept: %+v", left)
		}
		if d := e.Devices()[0]; d.Mapped != 0 || d.Used != 0 {
			t.Errorf("device: %+v", d)
		}
	}
	if st := e.Status(); st.State != "running" || len(e.Incidents()) != 0 {
		t.Errorf("a refused load is an incident: %+v", st)
	}
	r := SealRequest{ID: "x", Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p)), ExpectSHA256: hex.EncodeToString(sum[:])}
	if _, err := e.Seal(t.Context(), r); err != nil {
		t.Error(err)
	}
	// Sealed again with an expectation that is wrong: not confirmed.
	r.Source, r.ExpectSHA256 = bytes.NewReader(p), hex.EncodeToString(wrong[:])
	if _, err := e.Seal(t.Context(), r); err == nil {
		t.Error("a wrong plain SHA-256 was confirmed for a shard that is there")
	}
}

// TestProgressThatPanics leaves no half loaded shard behind.
func TestProgressThatPanics(t *testing.T) {
	e := open(t)
	p := randomBytes(70_000)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not reach the caller")
			}
		}()
		_, err := e.Seal(t.Context(), SealRequest{ID: "x", Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p)), Progress: func(gpu.Bytes, gpu.Bytes) { panic("from the caller") }})
		t.Errorf("returned %v", err)
	}()
	if left := e.Shards(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	sealBytes(t, e, "x", p)
}
