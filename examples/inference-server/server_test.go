package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	vram "github.com/vram-engine/vram-engine"
)

// sampleModel makes the sample model with the command that users have for it.
func sampleModel(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sample.safetensors")
	out, err := exec.CommandContext(t.Context(), "go", "run", "github.com/vram-engine/vram-engine/internal/sample/makesample", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// start seals the sample model in an engine whose faults can be injected.
func start(t *testing.T) (*vram.Engine, *httptest.Server) {
	t.Helper()
	file, dir := sampleModel(t), t.TempDir()
	engine, err := openEngine(t.Context(), filepath.Join(dir, "data"), true, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	m, err := sealModel(t.Context(), engine, file)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(newServer(engine, m))
	t.Cleanup(s.Close)
	return engine, s
}

func post(t *testing.T, s *httptest.Server, body string) (int, string) {
	t.Helper()
	res, err := http.Post(s.URL+"/continue", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer.String()
}

func TestServerAnswersOnVerifiedWeightsOnly(t *testing.T) {
	engine, s := start(t)
	const request = `{"prompt":"Alice was beginning to get very ","characters":30}`
	status, body := post(t, s, request)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	var answer continuation
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(answer.Text, "tired of sitting by her sister") {
		t.Errorf("the model goes on with %q", answer.Text)
	}
	if r := answer.Receipt; len(r.Shards) != 1 || r.Kind != "simulated" || r.CheckedBytes < 1<<20 {
		t.Errorf("receipt %+v", r)
	}
	for _, bad := range []string{"", "{", `{"prompt":"x"}`, `{"prompt":"x","characters":1001}`} {
		if status, body := post(t, s, bad); status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", bad, status, body)
		}
	}
	if err := engine.FlipBit(t.Context(), "model", 500_000, 3); err != nil {
		t.Fatal(err)
	}
	status, body = post(t, s, request)
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "integrity_violation") || strings.Contains(body, "tired") {
		t.Errorf("on changed weights: %d %s", status, body)
	}
	if state := engine.Status().State; state != "stopped" {
		t.Errorf("the worker is %s", state)
	}
}

func TestFilesThatAreNoModelAreRefused(t *testing.T) {
	header := func(json string) string {
		return string([]byte{byte(len(json)), byte(len(json) >> 8), 0, 0, 0, 0, 0, 0}) + json
	}
	tests := []struct{ name, content string }{
		{"long header", "\xff\xff\xff\xff\xff\xff\xff\xff"},
		{"no JSON", header("x")},
		{"no description", header("{}")},
		{"no context", header(`{"__metadata__":{"alphabet":"ab"}}`)},
		{"no tensors", header(`{"__metadata__":{"alphabet":"ab","context":"4"}}`)},
		{"tensor ends before it begins", header(`{"__metadata__":{"alphabet":"ab","context":"4"},"hidden.weight":{"data_offsets":[8,4]}}`)},
	}
	for _, tt := range tests {
		if _, err := readModel(strings.NewReader(tt.content)); !errors.Is(err, errModel) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := readModel(strings.NewReader("short")); err == nil {
		t.Error("a file without a header is accepted")
	}
}

// stopper ends the server as soon as it has said that it listens.
type stopper struct {
	bytes.Buffer
	stop context.CancelFunc
}

func (s *stopper) Write(p []byte) (int, error) {
	s.stop()
	return s.Buffer.Write(p)
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out := &stopper{stop: stop}
	o := options{model: sampleModel(t), data: filepath.Join(t.TempDir(), "data"), listen: "127.0.0.1:0", out: out}
	if err := run(ctx, o); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "sha256:") {
		t.Errorf("it said %q", out.String())
	}
	o.model = filepath.Join(t.TempDir(), "missing")
	if err := run(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a model: %v", err)
	}
}
