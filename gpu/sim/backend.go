package sim

import (
	"fmt"

	"github.com/vram-engine/vram-engine/gpu"
)

// Backend offers simulated devices. It fulfils gpu.Backend, health.Watcher and
// health.Counter. All methods may
// be called from any goroutine.
type Backend struct {
	options  Options
	controls []*Control // one per device
	feed     *feed
}

// New makes a backend of the options, which it copies. Nothing is allocated
// before Open. The error is ErrInvalidOptions.
func New(o Options) (*Backend, error) {
	o.EnsureDefaults()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	b := &Backend{options: o, feed: &feed{}}
	for i := range o.Devices {
		b.controls = append(b.controls, newControl(i, o.Faults, b.feed))
	}
	return b, nil
}

// Kind is gpu.KindSimulated.
func (b *Backend) Kind() gpu.Kind { return gpu.KindSimulated }

// Devices lists the simulated devices. It never blocks and never fails.
func (b *Backend) Devices() ([]gpu.Info, error) {
	infos := make([]gpu.Info, 0, len(b.controls))
	for i := range b.controls {
		infos = append(infos, b.info(i))
	}
	return infos, nil
}

// Open makes the device's memory and gives it to the calling OS thread. The
// errors are gpu.ErrNotFound for an index that is not there,
// gpu.ErrInvalidValue while the device is open already, gpu.ErrOutOfMemory
// when the host refuses the memory, and what a Control has scripted.
func (b *Backend) Open(index int) (gpu.Device, error) {
	c, ok := b.control(index)
	if !ok {
		return nil, b.noDevice(string(OpOpen), index)
	}
	if !c.claim() {
		return nil, &gpu.Error{Op: string(OpOpen), Device: index, Code: gpu.ErrInvalidValue, Detail: "the device is open already: close it first"}
	}
	d, err := open(b.options, b.info(index), c)
	c.record(err, "open")
	if err != nil {
		c.unclaim()
		return nil, err
	}
	return d, nil
}

// Control returns what scripts the faults of a device. It stays the same when
// the device is closed and opened again. The errors are gpu.ErrNotSupported
// unless Options.Faults is set, and gpu.ErrNotFound.
func (b *Backend) Control(index int) (*Control, error) {
	c, ok := b.control(index)
	if !ok {
		return nil, b.noDevice("control", index)
	}
	if !b.options.Faults {
		return nil, &gpu.Error{Op: "control", Device: index, Code: gpu.ErrNotSupported,
			Detail: "the simulated device was made without faults"}
	}
	return c, nil
}

func (b *Backend) control(index int) (*Control, bool) {
	if index < 0 || index >= len(b.controls) {
		return nil, false
	}
	return b.controls[index], true
}

func (b *Backend) info(index int) gpu.Info {
	return gpu.Info{
		Index:            index,
		UUID:             fmt.Sprintf("SIM-00000000-0000-4000-8000-%012x", index),
		Name:             "Simulated GPU",
		Kind:             gpu.KindSimulated,
		Total:            b.options.Memory,
		Granularity:      b.options.Granularity,
		ReadOnlyMappings: true,
		Notes:            b.notes(),
	}
}

func (b *Backend) notes() []string {
	notes := []string{"simulated: memory and digests are the host's"}
	if b.options.Hostile {
		notes = append(notes, fmt.Sprintf("hostile: memory is poisoned, seed %d", b.options.Seed))
	}
	if b.options.Faults {
		notes = append(notes, "faults can be injected")
	}
	return notes
}
