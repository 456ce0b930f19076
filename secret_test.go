package vram

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/vram-engine/vram-engine/gpu"
)

// pattern is a model that is recognised wherever a piece of it appears.
const pattern = "MODEL-BYTES-THAT-NOBODY-MUST-SEE"

// addresses are what a pointer looks like in a text.
func addresses() *regexp.Regexp { return regexp.MustCompile(`0[xX](?:c0|7[ef])?[0-9a-fA-F]{8,}`) }

// noSecret checks a text that leaves the engine.
func noSecret(t *testing.T, where, text string) {
	t.Helper()
	for name, secret := range map[string]string{
		"the token": testToken, "the token in hex": hex.EncodeToString([]byte(testToken)),
		"bytes of a model": pattern[:12], "bytes of a model in hex": hex.EncodeToString([]byte(pattern[:12])),
		"bytes of a model as numbers": strings.Trim(fmt.Sprint([]byte(pattern[:12])), "[]"),
	} {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("%s shows %s: …%q…", where, name, text[max(at-80, 0):min(at+80, len(text))])
		}
	}
	if at := addresses().FindString(text); at != "" {
		t.Errorf("%s shows an address: %s", where, at)
	}
}

// lockedBuffer is a buffer for a logger.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestNothingTellsASecret lives through good and bad and looks at all that was said.
func TestNothingTellsASecret(t *testing.T) {
	logs := &lockedBuffer{}
	crash := &crashes{unit: "shard-2", nth: 4}
	dir := filepath.Join(t.TempDir(), "data")
	e := open(t, func(o *Options) {
		o.DataDir, o.Kernels, o.probe = dir, []gpu.Kernel{sumKernel()}, crash.probe
		o.Logger = hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: logs, IncludeLocation: false})
	})
	noSecret(t, "options", fmt.Sprintf("%v %+v %#v", e.options, e.options, e.options))
	ctx := t.Context()
	p := bytes.Repeat([]byte(pattern), 1000)
	var said []any
	say := func(values ...any) { said = append(said, values...) }
	events := e.Events(ctx)
	say(sealBytes(t, e, "model", p))
	for range 3 { // its actor crashes
		h, err := e.Seal(ctx, SealRequest{ID: "crashing", Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p)), ModelRef: "ref"})
		say(h, err)
	}
	_, err := e.Seal(ctx, SealRequest{ID: pattern[:12] + "/", Source: bytes.NewReader(p), Size: 1})
	if err == nil {
		t.Error("a bad id was taken")
	}
	_, err = e.Seal(ctx, SealRequest{ID: "grows", Source: bytes.NewReader(p), Size: 100})
	say(err)
	receipt, err := e.Execute(ctx, ExecuteRequest{Shards: []string{"model"}}, func(_ context.Context, r *Run) error {
		v, err := r.Shard("model")
		out, serr := r.Scratch(8)
		werr := r.Write(out, 0, p[:8])
		say(r, v, out, serr, werr, r.Launch("sum", gpu.Dim3{}, gpu.Dim3{}, p, v), r.Launch("sum", gpu.Dim3{}, gpu.Dim3{}, v))
		return err
	})
	say(receipt, err)
	_, err = e.Execute(ctx, ExecuteRequest{Shards: []string{"model"}}, func(context.Context, *Run) error { panic(p) })
	say(err)
	results, err := e.Verify(ctx, "model")
	say(results, err, e.FlipBit(ctx, "model", 9999, 1))
	results, err = e.VerifyAll(ctx)
	say(results, err, e.Status(), e.Shards(), e.Devices(), e.Incidents(), e.RestartWorker(ctx, "tester"), e.Release(ctx, "model"))
	control, err := e.faults.Control(0)
	say(err, control)
	control.Lose()
	_, err = e.Seal(ctx, SealRequest{ID: "lost", Source: bytes.NewReader(p), Size: 1000})
	say(err, e.Status())
	if err := e.Close(ctx); err != nil && !errors.Is(err, ErrDeviceLost) {
		t.Error(err)
	}
	for ev := range events {
		say(ev)
	}
	for _, v := range said {
		_, isError := v.(error)
		for _, verb := range []string{"%v", "%+v", "%s", "%q"} {
			if isError && verb == "%+v" {
				continue // asks for stacks, which have no secrets but have offsets
			}
			text := fmt.Sprintf(verb, v)
			if _, isRun := v.(*Run); isRun {
				text = "" // a pointer prints as what the caller asked for
			}
			noSecret(t, fmt.Sprintf("%T with %s", v, verb), text)
		}
		if b, err := json.Marshal(v); err == nil {
			noSecret(t, fmt.Sprintf("%T as JSON", v), string(b))
		}
	}
	noSecret(t, "the log", logs.String())
	if !strings.Contains(logs.String(), "Actor restarted") {
		t.Error("the crash is not in the log")
	}
	noSecretInFiles(t, dir)
}

func noSecretInFiles(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "audit", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no audit files: %v", err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		noSecret(t, filepath.Base(path), string(b))
	}
}

// TestOptionsTellNoSecret tries whatever prints.
func TestOptionsTellNoSecret(t *testing.T) {
	o := Options{DataDir: "d", Token: []byte(testToken), HardwareID: testToken}
	var log, structured bytes.Buffer
	hclog.New(&hclog.LoggerOptions{Output: &log, JSONFormat: false}).Info("x", "options", o, "pointer", &o)
	hclog.New(&hclog.LoggerOptions{Output: &structured, JSONFormat: true}).Info("x", "options", o, "pointer", &o)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "options", o, "pointer", &o)
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("x", "options", o, "pointer", &o)
	text := log.String() + structured.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		text += fmt.Sprintf(verb, o) + fmt.Sprintf(verb, &o) + fmt.Sprintf(verb, []Options{o}) + fmt.Sprintf(verb, struct{ O Options }{o})
	}
	noSecret(t, "options", text)
	for _, v := range []any{o, &o, []Options{o}} {
		if b, err := json.Marshal(v); err == nil {
			t.Errorf("options became JSON: %s", b)
		}
	}
}

// TestOpenTakesTheToken zeroes it, whether it opens or not.
func TestOpenTakesTheToken(t *testing.T) {
	token := []byte(testToken)
	open(t, func(o *Options) { o.Token = token })
	bad := []byte("short")
	_, err := Open(t.Context(), Options{DataDir: filepath.Join(t.TempDir(), "d"), Token: bad, Simulated: simulated()})
	if !errors.Is(err, ErrInvalidInput) {
		t.Errorf("a short token: %v", err)
	}
	for _, p := range [][]byte{token, bad} {
		if !bytes.Equal(p, make([]byte, len(p))) {
			t.Error("a token was not zeroed")
		}
	}
}
