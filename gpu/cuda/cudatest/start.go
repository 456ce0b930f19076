package cudatest

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/errors"
)

// gate lets one test at a time use the fake of this process.
type gate struct {
	mu     sync.Mutex
	once   sync.Once
	lib    *Library
	paths  Paths
	err    error
	name   sync.Mutex
	holder string
}

var theFake gate

// load builds and opens the fake, once.
func (g *gate) load() (*Library, Paths, error) {
	g.once.Do(func() {
		g.paths, g.err = Build("")
		if g.err == nil {
			g.lib, g.err = Open(g.paths)
		}
	})
	return g.lib, g.paths, g.err
}

// enter waits for the fake. A test that waits for its parent, or for itself,
// would wait for ever.
func (g *gate) enter(t testing.TB) {
	t.Helper()
	g.name.Lock()
	nested := g.holder != "" && strings.HasPrefix(t.Name()+"/", g.holder+"/")
	g.name.Unlock()
	if nested {
		t.Fatal("cudatest: this test, or its parent, uses the fake driver already; use that Control")
	}
	g.mu.Lock()
	g.hold(t.Name())
}

func (g *gate) leave() {
	g.hold("")
	g.mu.Unlock()
}

func (g *gate) hold(name string) {
	g.name.Lock()
	defer g.name.Unlock()
	g.holder = name
}

// Start gives the test a driver with the devices of the configuration, and
// nothing used of them. It blocks while another test uses the fake. When the
// test has ended, everything that was made of it is dropped: contexts and
// memory that a test leaves behind make no later test fail. Call
// [Control.Leaks] to see them.
func Start(t testing.TB, config Config) *Control {
	t.Helper()
	lib, paths, err := theFake.load()
	if errors.Is(err, ErrNoCompiler) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	theFake.enter(t)
	c := &Control{t: t, fake: lib, paths: paths}
	t.Cleanup(func() {
		defer theFake.leave()
		if _, err := lib.Run("unhang"); err != nil {
			t.Error(err)
		}
		if _, err := lib.Run("reset"); err != nil {
			t.Error(err)
		}
	})
	c.Reset(config)
	return c
}
