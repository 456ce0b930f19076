package vram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// TestBadSealRequests refuses each with its kind; nothing of it stays.
func TestBadSealRequests(t *testing.T) {
	p := randomBytes(5000)
	good := func() SealRequest { return SealRequest{ID: "good", Source: bytes.NewReader(p), Size: 5000} }
	rows := map[string]struct {
		change func(*SealRequest)
		kind   error
		says   string
	}{
		"no id":             {func(r *SealRequest) { r.ID = "" }, ErrInvalidInput, ""},
		"long id":           {func(r *SealRequest) { r.ID = strings.Repeat("a", 257) }, ErrInvalidInput, "256"},
		"NUL":               {func(r *SealRequest) { r.ID = "a\x00b" }, ErrInvalidInput, ""},
		"dots":              {func(r *SealRequest) { r.ID = "../x" }, ErrInvalidInput, ""},
		"slash":             {func(r *SealRequest) { r.ID = "a/b" }, ErrInvalidInput, ""},
		"look-alike":        {func(r *SealRequest) { r.ID = "\u0430bc" }, ErrInvalidInput, ""},
		"newline":           {func(r *SealRequest) { r.ID = "a\nb" }, ErrInvalidInput, ""},
		"device":            {func(r *SealRequest) { r.Device = 1 }, ErrInvalidInput, ""},
		"negative device":   {func(r *SealRequest) { r.Device = -2 }, ErrInvalidInput, ""},
		"size 0":            {func(r *SealRequest) { r.Size = 0 }, ErrInvalidInput, ""},
		"above the limit":   {func(r *SealRequest) { r.Size = 48*gpu.MiB + 1 }, ErrInvalidInput, fmt.Sprint(48 << 20)},
		"largest size":      {func(r *SealRequest) { r.Size = math.MaxUint64 }, ErrInvalidInput, ""},
		"above free memory": {func(r *SealRequest) { r.Size = 40 * gpu.MiB }, ErrInsufficientVRAM, fmt.Sprint(40 << 20)},
		"no source":         {func(r *SealRequest) { r.Source = nil }, ErrInvalidInput, ""},
		"two sources":       {func(r *SealRequest) { r.File = os.Stdin }, ErrInvalidInput, ""},
		"short digest":      {func(r *SealRequest) { r.ExpectDigest = "abcd" }, ErrInvalidInput, ""},
		"upper case digest": {func(r *SealRequest) { r.ExpectDigest = strings.Repeat("AB", 32) }, ErrInvalidInput, ""},
		"digest not hex":    {func(r *SealRequest) { r.ExpectDigest = strings.Repeat("zz", 32) }, ErrInvalidInput, ""},
		"short plain":       {func(r *SealRequest) { r.ExpectSHA256 = "ab" }, ErrInvalidInput, ""},
		"shard of none":     {func(r *SealRequest) { r.ShardIndex = 3 }, ErrInvalidInput, ""},
		"shard too far":     {func(r *SealRequest) { r.ShardIndex, r.TotalShards = 3, 3 }, ErrInvalidInput, ""},
		"negative shard":    {func(r *SealRequest) { r.ShardIndex, r.TotalShards = -1, 3 }, ErrInvalidInput, ""},
		"long model":        {func(r *SealRequest) { r.ModelRef = strings.Repeat("m", 1<<16) }, ErrInvalidInput, ""},
		"model with lines":  {func(r *SealRequest) { r.ModelRef = "a\nb" }, ErrInvalidInput, ""},
	}
	e := open(t, func(o *Options) { o.MaxShardSize = 48 * gpu.MiB; o.Simulated.Memory = 32 * gpu.MiB })
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			r := good()
			row.change(&r)
			_, err := e.Seal(t.Context(), r)
			if !errors.Is(err, row.kind) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %v, want %v with %q", err, row.kind, row.says)
			}
			if strings.ContainsAny(err.Error(), "\n\x00") {
				t.Errorf("the error is not one line: %q", err)
			}
			if d := e.Devices()[0]; len(e.Shards()) != 0 || d.Used != 0 || d.Mapped != 0 {
				t.Errorf("something stayed: %+v %+v", e.Shards(), d)
			}
		})
	}
	var short *InsufficientVRAMError
	r := good()
	r.Size = 40 * gpu.MiB
	_, err := e.Seal(t.Context(), r)
	if !errors.As(err, &short) || short.Needed != 40*gpu.MiB || short.Available != 32*gpu.MiB {
		t.Errorf("both figures: %+v in %v", short, err)
	}
	if _, err := e.Seal(t.Context(), good()); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

// TestFilesAsSources seals regular files only.
func TestFilesAsSources(t *testing.T) {
	dir := t.TempDir()
	p := randomBytes(70_001)
	regular, fifo := filepath.Join(dir, "model"), filepath.Join(dir, "fifo")
	if err := os.WriteFile(regular, p, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	e := open(t)
	for path, want := range map[string]error{regular: nil, dir: ErrInvalidInput, fifo: ErrInvalidInput, os.DevNull: ErrInvalidInput} {
		f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Seek(5, 0); path == regular && err != nil {
			t.Fatal(err)
		}
		h, err := e.Seal(t.Context(), SealRequest{ID: "file", File: f})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", path, err)
		}
		if path == regular && h.VRAMBytes != 70_001 {
			t.Errorf("sealed %d bytes", h.VRAMBytes)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Seal(t.Context(), SealRequest{ID: "closed", File: f}); err == nil {
			t.Error("a closed file was sealed")
		}
	}
}

func TestSameIDTwice(t *testing.T) {
	e := open(t)
	p := randomBytes(9000)
	h := sealBytes(t, e, "x", p)
	if again := sealBytes(t, e, "x", p); again != h {
		t.Errorf("the same bytes gave another handle")
	}
	other := bytes.Clone(p)
	other[8999] ^= 1
	for name, q := range map[string][]byte{"other bytes": other, "shorter": p[:8999], "longer": append(bytes.Clone(p), 0)} {
		_, err := e.Seal(t.Context(), SealRequest{ID: "x", Source: bytes.NewReader(q), Size: gpu.BytesOf(len(q))})
		if !errors.Is(err, ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if live, err := e.Shard("x"); err != nil || live.Handle != h {
		t.Errorf("the shard changed: %+v, %v", live, err)
	}
}

// TestForgedHandles refuses each, that request only, with one and the same answer.
func TestForgedHandles(t *testing.T) {
	e := open(t)
	h := sealBytes(t, e, "x", randomBytes(5000))
	sealBytes(t, e, "y", randomBytes(5000))
	if _, err := e.VerifyHandle(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	forged := map[string]func(*Handle){
		"nothing":    func(f *Handle) { *f = Handle{} },
		"id":         func(f *Handle) { f.ShardID = "y" },
		"unknown id": func(f *Handle) { f.ShardID = "z" },
		"bad id":     func(f *Handle) { f.ShardID = "a\nb" },
		"device":     func(f *Handle) { f.GPUDevice++ },
		"bytes":      func(f *Handle) { f.VRAMBytes++ },
		"digest":     func(f *Handle) { f.Digest[31] ^= 1 },
		"generation": func(f *Handle) { f.Generation[0] ^= 0x80 },
		"kind":       func(f *Handle) { f.Kind = "cuda" },
		"time":       func(f *Handle) { f.SealedAt = f.SealedAt.Add(1) },
		"model":      func(f *Handle) { f.ModelRef = "other" },
		"seal":       func(f *Handle) { f.Seal = strings.Map(rotate, f.Seal) },
		"no seal":    func(f *Handle) { f.Seal = "" },
		"short seal": func(f *Handle) { f.Seal = f.Seal[:62] },
	}
	var text string
	for name, change := range forged {
		f := h
		change(&f)
		r, err := e.VerifyHandle(t.Context(), f)
		if !errors.Is(err, ErrSealVerificationFailed) || ExitStatus(err) != 3 || r.OK {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if text == "" {
			text = err.Error()
		} else if text != err.Error() {
			t.Errorf("%s: refusals differ: %q and %q", name, err, text)
		}
	}
	// A handle of a released allocation is not one of the next of its id.
	if err := e.Release(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	sealBytes(t, e, "x", randomBytes(5000))
	if _, err := e.VerifyHandle(t.Context(), h); !errors.Is(err, ErrSealVerificationFailed) {
		t.Errorf("a handle of what was released: %v", err)
	}
	if st := e.Status(); st.State != "running" || len(e.Incidents()) != 0 {
		t.Errorf("a forged handle is an incident: %+v", st)
	}
	if _, err := e.Verify(t.Context(), "x", "y"); err != nil {
		t.Error(err)
	}
}

// rotate gives another hexadecimal digit.
func rotate(r rune) rune {
	const digits = "0123456789abcdef"
	return rune(digits[(strings.IndexRune(digits, r)+1)%len(digits)])
}

func TestBadRequests(t *testing.T) {
	e := open(t)
	sealBytes(t, e, "x", randomBytes(5000))
	ctx := t.Context()
	nothing := func(context.Context, *Run) error { return nil }
	rows := map[string]struct {
		err  error
		want error
	}{}
	add := func(name string, err, want error) { rows[name] = struct{ err, want error }{err, want} }
	_, err := e.Verify(ctx, "nobody")
	add("verify nobody", err, ErrNotFound)
	_, err = e.Verify(ctx, "a b")
	add("verify bad id", err, ErrInvalidInput)
	_, err = e.Execute(ctx, ExecuteRequest{}, nothing)
	add("execute nothing", err, ErrInvalidInput)
	_, err = e.Execute(ctx, ExecuteRequest{Shards: []string{"x"}}, nil)
	add("execute no callback", err, ErrInvalidInput)
	_, err = e.Execute(ctx, ExecuteRequest{Shards: []string{"x", "nobody"}}, nothing)
	add("execute nobody", err, ErrNotFound)
	add("release nobody", e.Release(ctx, "nobody"), ErrNotFound)
	add("release bad id", e.Release(ctx, "\xff"), ErrInvalidInput)
	add("flip beyond", e.FlipBit(ctx, "x", 5000, 0), ErrInvalidInput)
	add("flip bit 8", e.FlipBit(ctx, "x", 0, 8), ErrInvalidInput)
	add("flip nobody", e.FlipBit(ctx, "nobody", 0, 0), ErrNotFound)
	add("unquarantine active", e.UnquarantineDevice(ctx, 0, "op"), ErrConflict)
	add("unquarantine nobody", e.UnquarantineDevice(ctx, 7, "op"), ErrInvalidInput)
	_, err = e.Shard("nobody")
	add("shard", err, ErrNotFound)
	_, err = e.Incident("nobody")
	add("incident", err, ErrNotFound)
	for name, row := range rows {
		if !errors.Is(row.err, row.want) {
			t.Errorf("%s: %v, want %v", name, row.err, row.want)
		}
	}
	if _, err := e.Verify(ctx); err != nil {
		t.Errorf("verify of no shard: %v", err)
	}
	if _, err := e.Execute(ctx, ExecuteRequest{Shards: []string{"x", "x"}}, nothing); err != nil {
		t.Errorf("a shard that is named twice: %v", err)
	}
}

func TestFaultsNeedToBeAskedFor(t *testing.T) {
	e := open(t, func(o *Options) { o.Simulated = &sim.Options{Memory: 16 * gpu.MiB} })
	sealBytes(t, e, "x", randomBytes(5000))
	if err := e.FlipBit(t.Context(), "x", 0, 0); !errors.Is(err, ErrPolicyViolation) || ExitStatus(err) != 4 {
		t.Errorf("got %v", err)
	}
}
