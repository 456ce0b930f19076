package props

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"github.com/hashicorp/go-hclog"
	vram "github.com/vram-engine/vram-engine"
	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
	"pgregory.net/rapid"
)

// worker is the token of the engine in the properties.
const worker = "a token that nobody may ever see"

// The device of the engine's properties: granules of 64 KiB, so that packs and
// extents have many borders in a small memory. The scratch buffer takes half.
const (
	deviceGranule = 64 * gpu.KiB
	deviceMemory  = 16 * gpu.MiB
)

// known is what the model knows of a shard that is there.
type known struct {
	bytes   []byte // what was sealed
	handle  vram.Handle
	flipped map[int64]bool // blocks that were changed and not changed back
	bits    map[int]bool   // the bytes whose bit is not what it was
	failed  bool           // a verification has said so
}

// toggle notes that the one bit of a byte that FlipBit is asked for was
// inverted, perhaps back to what it was.
func (k *known) toggle(at int) {
	if k.bits[at] {
		delete(k.bits, at)
	} else {
		k.bits[at] = true
	}
	clear(k.flipped)
	for at := range k.bits {
		k.flipped[int64(at/4096)] = true
	}
}

// engineWorld is an engine, its device, and what must be true of them.
type engineWorld struct {
	dir     string
	backend *sim.Backend
	control *sim.Control
	e       *vram.Engine
	shards  map[string]*known
	stopped bool // by an incident
	dirty   bool // something could not be scrubbed: the device says so
	armed   bool // a fault is scripted
	sealed  map[string]int
	freed   map[string]int
	said    *transcript
}

// transcript collects what the engine says.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *transcript) say(values ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		fmt.Fprintf(&s.b, "%v %q\n", v, fmt.Sprint(v))
	}
}

func (s *transcript) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// newEngineWorld opens an engine; the returned function removes its directory.
func newEngineWorld(t *rapid.T) (*engineWorld, func()) {
	base := "/dev/shm"
	if _, err := os.Stat(base); err != nil {
		base = ""
	}
	dir, err := os.MkdirTemp(base, "vram-engine-props-")
	if err != nil {
		t.Fatal(err)
	}
	w := &engineWorld{dir: filepath.Join(dir, "data"), shards: map[string]*known{}, sealed: map[string]int{}, freed: map[string]int{}, said: &transcript{}}
	w.backend, err = sim.New(sim.Options{Memory: deviceMemory, Granularity: deviceGranule, Faults: true, Hostile: true, Seed: rapid.Uint64().Draw(t, "device seed")})
	if err == nil {
		w.control, err = w.backend.Control(0)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.open(t)
	return w, func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}
}

func (w *engineWorld) open(t *rapid.T) {
	e, err := vram.Open(context.Background(), vram.Options{
		DataDir: w.dir, Token: []byte(worker), PatrolInterval: -1, Backend: w.backend, Kernels: []gpu.Kernel{checkKernel()},
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: w.said}),
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	w.e = e
}

// checkKernel writes the fold of a span to another.
func checkKernel() gpu.Kernel {
	return gpu.Kernel{Name: "fold", Params: []int{8, 8}, Go: func(_, _ gpu.Dim3, args gpu.KernelArgs) error {
		copy(args.Memory(1), fold(args.Memory(0)))
		return nil
	}}
}

// fold is a value of 8 bytes that every bit of p changes.
func fold(p []byte) []byte {
	f := make([]byte, 8)
	for i, b := range p {
		f[i%8] ^= b
	}
	return f
}

// content is n bytes of a seed.
func content(n int, seed uint64) []byte {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	p := make([]byte, n)
	source := rand.NewChaCha8(key)
	for i := range p {
		p[i] = byte(source.Uint64())
	}
	return p
}

// sizes draws sizes around the borders of blocks, packs and extents.
func engineSizes() *rapid.Generator[int] {
	return rapid.OneOf(
		rapid.SampledFrom([]int{1, 4095, 4096, 4097, 8192, 32767, 32768, 32769, 65535, 65536, 65537, 131072, 1 << 20}),
		rapid.IntRange(1, 200_000),
	)
}

// names are few, so that they meet again.
func names() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"})
}
