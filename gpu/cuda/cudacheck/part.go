package cudacheck

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

// Options say what is tried, and how. The zero value tries the first GPU.
type Options struct {
	// Libraries and NVML are as in cuda.Options.
	Libraries []string
	NVML      []string
	// Device is which of the usable devices is tried.
	Device int
	// Quick tries everything with few repetitions.
	Quick bool
	// Child runs a part in another process, with these options, and passes its
	// rows on. Parts of which a process has to be given up need it; without it
	// they record that they were not run.
	Child func(ctx context.Context, part string, emit func(Row)) error
}

// Part is a group of findings that need one process.
type Part struct {
	Name  string
	About string
	// Limit is how long the part may take on a GPU. It may be ended then.
	Limit time.Duration
	run   func(*session) error
}

// The names of the parts that others refer to.
const (
	partDevice   = "device"
	partSelfTest = "selftest"
	partDigest   = "digest"
	partVerify   = "verify"
	partCopy     = "copy"
	partLoad     = "load"
	partFlips    = "flips"
	partScrub    = "scrub"
	partQuestion = "questions"
)

// Parts lists the parts in the order in which they are run.
func Parts() []Part {
	return []Part{
		{partDevice, "the device, the driver, and what it makes of the kernels", 60 * time.Second, device},
		{partSelfTest, "every kernel against the processor", 60 * time.Second, selfTest},
		{partDigest, "the digest kernels, by the GPU's clock", 90 * time.Second, digestRates},
		{partVerify, "digests through the device, as an engine makes them", 60 * time.Second, verifyRates},
		{partCopy, "copies between host and device", 45 * time.Second, copyRates},
		{partLoad, "loading through the device", 60 * time.Second, loadRates},
		{partFlips, "bits that are flipped", 60 * time.Second, flips},
		{partScrub, "memory that is given back", 60 * time.Second, scrubs},
		{partQuestion, "what only hardware can answer", 90 * time.Second, questions},
	}
}

// Run runs a part, or what a part wants to have run in a child, and tells emit
// of each finding. It blocks until the part ends; the driver's calls cannot be
// called off, so ctx is looked at between them.
func Run(ctx context.Context, o Options, name string, emit func(Row)) error {
	for _, p := range append(Parts(), children()...) {
		if p.Name != name {
			continue
		}
		shown, _, _ := strings.Cut(name, "/")
		s := &session{ctx: ctx, options: o, Recorder: Recorder{Part: shown, Emit: emit}}
		done := make(chan error, 1)
		go func() {
			runtime.LockOSThread() // for good: the thread ends with its context
			done <- p.run(s)
		}()
		return <-done
	}
	return errors.Newf("cudacheck: there is no part %q", name)
}

// session is a part that runs.
type session struct {
	Recorder
	ctx     context.Context
	options Options
}

// backend is package cuda with a variant of the digest kernel.
func (s *session) backend(kernel string) (*cuda.Backend, error) {
	b, err := cuda.New(cuda.Options{Libraries: s.options.Libraries, NVML: s.options.NVML, Kernel: kernel})
	if err != nil {
		return nil, err
	}
	infos, err := b.Devices()
	if err != nil {
		return nil, err
	}
	if s.options.Device < 0 || s.options.Device >= len(infos) {
		return nil, errors.Newf("cudacheck: there is no device %d", s.options.Device)
	}
	s.Simulated = simulated(infos[s.options.Device].Name)
	return b, nil
}

// open opens the device as an engine does. The caller closes it.
func (s *session) open(kernel string) (gpu.Device, error) {
	b, err := s.backend(kernel)
	if err != nil {
		return nil, err
	}
	return b.Open(s.options.Device)
}

// simulated recognises the fake driver of the tests by the name of its device.
func simulated(name string) bool {
	return strings.HasPrefix(strings.ToLower(name), "fake")
}

// fewer is n, or the smaller number in a quick run.
func (s *session) fewer(n, quick int) int {
	if s.options.Quick {
		return quick
	}
	return n
}
