package audit

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/cockroachdb/errors"
)

// memFS is a directory in memory that knows which of its contents are durable,
// and fails when it is told to.
type memFS struct {
	mu      sync.Mutex
	names   map[string]*memInode
	durable map[string]*memInode // as of the last Sync of the directory
	ops     int
	log     []string
	// fault is asked before each operation that changes something or makes it
	// durable; reads are asked too, as "read".
	fault func(op int, what, name string) *memFault
}

// memFault makes an operation fail. part is how much of a write is done first,
// in hundredths; 100 means that the operation is done and fails nevertheless.
type memFault struct {
	err  error
	part int
}

type memInode struct {
	data    []byte
	durable []byte
}

func newMemFS() *memFS {
	return &memFS{names: map[string]*memInode{}, durable: map[string]*memInode{}}
}

func (m *memFS) step(what, name string) *memFault {
	m.ops++
	m.log = append(m.log, fmt.Sprintf("%d %s %s", m.ops, what, name))
	if m.fault == nil {
		return nil
	}
	return m.fault(m.ops, what, name)
}

func (m *memFS) Open(name string, how access, _ uint32) (file, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	what := "open"
	if how == createOnly {
		what = "create"
	}
	if f := m.step(what, name); f != nil {
		return nil, f.err
	}
	inode, ok := m.names[name]
	switch {
	case !ok && how != createOnly:
		return nil, fs.ErrNotExist
	case !ok:
		inode = &memInode{}
		m.names[name] = inode
	case how == createOnly:
		inode.data = nil
	}
	return &memFile{fs: m, name: name, inode: inode}, nil
}

func (m *memFS) Names() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Keys(m.names)), nil
}

func (m *memFS) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.step("rename", to)
	if f == nil || f.part == 100 {
		m.names[to] = m.names[from]
		delete(m.names, from)
	}
	if f != nil {
		return f.err
	}
	return nil
}

func (m *memFS) Sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.step("syncdir", "")
	if f == nil || f.part == 100 {
		m.durable = maps.Clone(m.names)
	}
	if f != nil {
		return f.err
	}
	return nil
}

type memFile struct {
	fs    *memFS
	name  string
	inode *memInode
}

func (f *memFile) ReadAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if fault := f.fs.step("read", f.name); fault != nil {
		return 0, fault.err
	}
	if off >= int64(len(f.inode.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.inode.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	fault := f.fs.step("write", f.name)
	n := len(p)
	if fault != nil {
		n = n * fault.part / 100
	}
	if grow := int(off) + n - len(f.inode.data); grow > 0 && n > 0 {
		f.inode.data = append(f.inode.data, make([]byte, grow)...)
	}
	// Never in place: the durable contents may share the array.
	f.inode.data = slices.Clone(f.inode.data)
	if n > 0 {
		copy(f.inode.data[off:], p[:n])
	}
	if fault != nil {
		return n, fault.err
	}
	return n, nil
}

func (f *memFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if fault := f.fs.step("truncate", f.name); fault != nil {
		return fault.err
	}
	f.inode.data = slices.Clone(f.inode.data[:min(int(size), len(f.inode.data))])
	return nil
}

func (f *memFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	fault := f.fs.step("sync", f.name)
	if fault == nil || fault.part == 100 {
		f.inode.durable = slices.Clone(f.inode.data)
	}
	if fault != nil {
		return fault.err
	}
	return nil
}

func (f *memFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return int64(len(f.inode.data)), nil
}

func (f *memFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if fault := f.fs.step("close", f.name); fault != nil {
		return fault.err
	}
	return nil
}

var errDead = errors.New("test: the machine is off")

// The images that a crash can leave.
const (
	imageKilled  = "killed"  // the process died: the kernel has all writes
	imageDurable = "durable" // the power went: only what was synchronised is there
	imageTorn    = "torn"    // the power went: any part of the rest is there too
)

// crash returns the directory as a machine finds it after the crash.
func (m *memFS) crash(image string, rng *rand.Rand) *memFS {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := newMemFS()
	names := m.names
	if image == imageDurable || image == imageTorn && rng.IntN(2) == 0 {
		names = m.durable
	}
	for name, inode := range names {
		data, durable := inode.data, inode.durable
		switch image {
		case imageDurable:
			data = inode.durable
		case imageTorn:
			data = tear(inode.durable, inode.data, rng)
			durable = data
		}
		out.names[name] = &memInode{data: slices.Clone(data), durable: slices.Clone(durable)}
	}
	out.durable = maps.Clone(out.names)
	if image == imageKilled {
		// The kernel lives on, and has not written more to the disk than before.
		maps.DeleteFunc(out.durable, func(name string, _ *memInode) bool { return m.durable[name] != m.names[name] })
	}
	return out
}

// tear takes each sector from one of the two contents, or zeros where the file
// grew and the data did not arrive.
func tear(durable, data []byte, rng *rand.Rand) []byte {
	const sector = 64 // smaller than any disk's, which is harder
	size := len(durable)
	if len(data) != len(durable) {
		low, high := min(len(durable), len(data)), max(len(durable), len(data))
		size = low + rng.IntN(high-low+1)
	}
	out := make([]byte, size)
	copy(out, durable)
	for at := 0; at < size; at += sector {
		if end := min(at+sector, size, len(data)); at < end && rng.IntN(2) == 0 {
			copy(out[at:end], data[at:end])
		}
	}
	return out
}
