package daemon

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/render"
	"github.com/vram-engine/vram-engine/cmd/vram-engine/internal/socket"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

// lossy is a daemon whose engines lose their device as often as losses says,
// as soon as they are ready.
func lossy(t *testing.T, policy Loss, losses int) (*daemon, *socket.Pair, *int) {
	t.Helper()
	dir, err := os.MkdirTemp("", "dm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	o := Options{
		DataDir: filepath.Join(dir, "data"), Socket: filepath.Join(dir, "s"), OnDeviceLoss: policy, UID: os.Geteuid(),
		Simulated: &sim.Options{Memory: 64 * gpu.MiB}, PatrolInterval: -1, MaxShardSize: gpu.MiB,
		AuditMode: vram.AuditFailClosed, Stdout: &bytes.Buffer{}, Screen: render.NewScreen(&bytes.Buffer{}), Logger: hclog.NewNullLogger(),
	}
	if err := prepareDir(o.DataDir, o.UID); err != nil {
		t.Fatal(err)
	}
	pair, err := socket.Listen(o.Socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pair.Close(); err != nil {
			t.Error(err)
		}
	})
	opened := 0
	open := func(ctx context.Context, o vram.Options) (*vram.Engine, error) {
		opened++
		if opened <= losses {
			o.OnFatal(&vram.Error{Op: "engine", Kind: vram.ErrDeviceLost})
			o.OnFatal(&vram.Error{Op: "engine", Kind: vram.ErrDeviceLost}) // the second is no surprise
		}
		return vram.Open(ctx, o)
	}
	return &daemon{Options: o, open: open}, pair, &opened
}

func TestLossOfADeviceEndsTheDaemon(t *testing.T) {
	d, pair, opened := lossy(t, LossExit, 1)
	err := d.run(t.Context(), pair)
	if vram.ExitStatus(err) != 8 || *opened != 1 {
		t.Errorf("%v after %d engines", err, *opened)
	}
}

func TestLossOfADeviceReopens(t *testing.T) {
	d, pair, opened := lossy(t, LossReopen, 2)
	ctx, cancel := context.WithCancel(t.Context())
	third := d.open
	var once sync.Once
	d.open = func(c context.Context, o vram.Options) (*vram.Engine, error) {
		e, err := third(c, o)
		if *opened == 3 {
			once.Do(cancel) // the third engine runs: Ctrl-C
		}
		return e, err
	}
	if err := d.run(ctx, pair); err != nil || *opened != 3 {
		t.Errorf("%v after %d engines", err, *opened)
	}
	if out, ok := d.Stdout.(*bytes.Buffer); !ok || strings.Count(out.String(), "\n") > 1 {
		t.Errorf("ready more than once: %s", out)
	}
	if _, err := d.holder.get(); !errors.Is(err, vram.ErrStopped) {
		t.Errorf("after the end: %v", err)
	}
}

func TestRootAndRealGPUs(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nvidia0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := hclog.New(&hclog.LoggerOptions{Output: &log})
	for _, c := range []struct {
		name   string
		o      Options
		nodes  string
		usable bool
		want   error
	}{
		{"root with GPUs", Options{}, "nvidia*", false, vram.ErrPolicyViolation},
		{"root with GPUs of another kind", Options{}, "none*", true, vram.ErrPolicyViolation},
		{"allowed", Options{AllowRoot: true}, "nvidia*", true, nil},
		{"another user", Options{UID: 7}, "nvidia*", true, nil},
		{"simulated", Options{Simulated: &sim.Options{}}, "nvidia*", true, nil},
		{"no GPUs", Options{}, "none*", false, nil},
	} {
		c.o.Logger = logger
		if err := checkUser(c.o, filepath.Join(dir, c.nodes), func(Options) bool { return c.usable }); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if !strings.Contains(log.String(), "root") {
		t.Error("root was not warned")
	}
}

func TestDataDirDefaults(t *testing.T) {
	for _, c := range []struct {
		state, home string
		uid         int
		want        string
	}{
		{"/s", "/h", 0, "/var/lib/vram-engine"},
		{"/s", "/h", 7, "/s/vram-engine"},
		{"relative", "/h", 7, "/h/.local/state/vram-engine"},
		{"", "", 7, ""},
	} {
		env := map[string]string{"XDG_STATE_HOME": c.state, "HOME": c.home}
		got, err := DataDir(func(n string) string { return env[n] }, c.uid)
		if got != c.want || (c.want == "") != errors.Is(err, vram.ErrInvalidInput) {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

func TestDataDirOfSomebodyElse(t *testing.T) {
	if err := prepareDir(t.TempDir(), os.Geteuid()+1); err == nil {
		t.Error("taken")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := prepareDir(dir, os.Geteuid()+1); !errors.Is(err, vram.ErrPolicyViolation) {
		t.Errorf("got %v", err)
	}
	if err := prepareDir(dir, os.Geteuid()); err != nil {
		t.Error(err)
	}
}
