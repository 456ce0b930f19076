package cuda

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/internal/driver"
)

// Backend offers the GPUs of the machine. It fulfils gpu.Backend, health.Watcher
// and health.Counter. All methods may be called from any goroutine.
type Backend struct {
	options Options
	lib     *driver.Library
	version int
	manager *manager
	devices []facts
	refused []Refusal
	texts   *texts

	mu    sync.Mutex
	open  map[int]bool
	noted map[int]uint64 // Xid events that Watch saw
}

// New loads the driver, with an environment in which it can be trusted, and
// looks at every device. It takes up to seconds. The errors are
// ErrInvalidOptions, ErrEnvironment, ErrOldDriver, ErrNoDevice, and what the
// driver answers; their texts say what to do.
func New(o Options) (*Backend, error) {
	o.EnsureDefaults()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.Libraries, o.NVML = slices.Clone(o.Libraries), slices.Clone(o.NVML)
	return newBackend(o, ownSurroundings(), "/")
}

func newBackend(o Options, s surroundings, root string) (*Backend, error) {
	system, err := readPlatform(root)
	if err != nil {
		return nil, err
	}
	if system.windows {
		return nil, errors.Wrap(ErrNoDevice, "cuda: under Windows the driver may move device memory to the host's: run on Linux itself")
	}
	notes, err := prepareEnvironment(s)
	if err != nil {
		return nil, err
	}
	b := &Backend{options: o, texts: newTexts(), open: map[int]bool{}, noted: map[int]uint64{}}
	if b.lib, err = driver.Open(driver.Options{Paths: o.Libraries}); err != nil {
		return nil, err
	}
	if err := b.start(); err != nil {
		return nil, err
	}
	b.manager = openManager(o.NVML)
	return b, b.list(append(notes, system.notes...))
}

// start checks the driver's version and initialises it.
func (b *Backend) start() error {
	var r driver.Result
	if b.version, r = b.lib.Version(); r != driver.Success {
		return failure("start the driver", -1, r)
	}
	if err := checkVersion(b.version); err != nil {
		return err
	}
	switch r := b.lib.Init(); {
	case r == driver.Success:
		return nil
	case r == driver.ErrorNoDevice:
		return errors.Wrap(ErrNoDevice, "cuda: the driver finds no device: see nvidia-smi, and give a container access to the GPU")
	default:
		return failure("start the driver", -1, r)
	}
}

// list looks at every device and numbers those that may be used.
func (b *Backend) list(common []string) error {
	n, r := b.lib.DeviceCount()
	if r != driver.Success && r != driver.ErrorNoDevice {
		return failure("devices", -1, r)
	}
	for ordinal := range n {
		f, reason, err := readFacts(b.lib, ordinal, b.options)
		if err != nil {
			reason = err.Error()
		}
		if reason != "" {
			b.refused = append(b.refused, Refusal{Ordinal: ordinal, UUID: f.info.UUID, Name: f.info.Name, Reason: reason})
			continue
		}
		f.info.Index = len(b.devices)
		f.info.Notes = append(f.info.Notes, common...)
		b.devices = append(b.devices, f)
	}
	if len(b.devices) > 0 {
		b.manager.describe(b.devices)
		return nil
	}
	if len(b.refused) == 0 {
		return errors.Wrap(ErrNoDevice, "cuda: the driver lists no device: see nvidia-smi, and CUDA_VISIBLE_DEVICES")
	}
	var reasons []string
	for _, one := range b.refused {
		reasons = append(reasons, fmt.Sprintf("device %d (%s): %s", one.Ordinal, one.Name, one.Reason))
	}
	return errors.Wrapf(ErrNoDevice, "cuda: %s", strings.Join(reasons, "; "))
}

// Kind is gpu.KindCUDA.
func (b *Backend) Kind() gpu.Kind { return gpu.KindCUDA }

// Version is the CUDA version that the driver speaks: 12040 for 12.4.
func (b *Backend) Version() int { return b.version }

// Refused lists the devices that may not be used, and why.
func (b *Backend) Refused() []Refusal { return slices.Clone(b.refused) }

// Devices lists the devices that may be used, numbered from 0, as they were
// when the backend was made. Whether read-only mappings are honoured is found
// by opening a device. It never blocks and never fails.
func (b *Backend) Devices() ([]gpu.Info, error) {
	infos := make([]gpu.Info, 0, len(b.devices))
	for _, f := range b.devices {
		info := f.info
		info.Notes = slices.Clone(info.Notes)
		infos = append(infos, info)
	}
	return infos, nil
}

// Open makes a context on the calling OS thread and tests the kernels. It takes
// about a second on a GPU. The errors are gpu.ErrNotFound for an index that is
// not there, gpu.ErrInvalidValue while this backend has the device open,
// gpu.ErrUnknown for kernels that fail their test, and what the driver answers.
func (b *Backend) Open(index int) (gpu.Device, error) {
	if index < 0 || index >= len(b.devices) {
		return nil, &gpu.Error{Op: opOpen, Device: index, Code: gpu.ErrNotFound, Detail: fmt.Sprintf("there are %d usable GPUs", len(b.devices))}
	}
	if !b.claim(index) {
		return nil, &gpu.Error{Op: opOpen, Device: index, Code: gpu.ErrInvalidValue, Detail: "the device is open already: close it first"}
	}
	d, err := open(b.lib, b.options, b.texts, b.devices[index])
	if err != nil {
		b.unclaim(index)
		return nil, err
	}
	d.free = func() { b.unclaim(index) }
	return d, nil
}

func (b *Backend) claim(index int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open[index] {
		return false
	}
	b.open[index] = true
	return true
}

func (b *Backend) unclaim(index int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, index)
}
