package suite

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/benchmarks/internal/clock"
	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/process"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const (
	cachedSize = 256 << 10 // fits the second-level cache of every server
	mappedSize = fileSize  // does not fit any cache
	sliceSize  = 16 * mib  // what is hashed in one answer
	pieceSize  = mib       // after each piece the clock is measured
)

// kernelSlice is what a child answers: a slice with crypto/sha256, and the next
// one with its kernel. From memory no slice comes twice in a while, neither to
// one child nor to the next, because all share the page cache and the last
// cache of the processor.
type kernelSlice struct {
	Kernel   clocked `json:"kernel"`
	Standard clocked `json:"standard"`
}

type clocked struct {
	measure.Sample
	GHz float64 `json:"ghz"` // zero: not known
}

func (c clocked) rate() float64          { return sliceSize / c.CPU.Seconds() / 1e9 }
func (c clocked) cyclesPerByte() float64 { return c.CPU.Seconds() * 1e9 * c.GHz / sliceSize }

// kernelName is the answer to the question "name".
type kernelName struct {
	Implementation string `json:"implementation"`
	Warning        string `json:"warning"`
}

// kernelPart answers with slices: FILE. The kernel is the one that the
// environment forces.
func kernelPart(_ context.Context, args []string) (any, error) {
	if len(args) != 1 {
		return nil, errors.New("usage: kernel FILE")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, errors.Wrap(err, "FILE")
	}
	mapped, err := unix.Mmap(int(f.Fd()), 0, mappedSize, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, errors.Wrap(err, "mapping FILE")
	}
	cached := make([]byte, cachedSize)
	if _, err := rand.Read(cached); err != nil {
		return nil, errors.Wrap(err, "random bytes")
	}
	places := map[string]*place{"cache": {data: cached}, "memory": {data: mapped}}
	return process.Responder(func(question string) (any, error) {
		if question == "name" {
			return kernelName{verity.Implementation(), verity.ImplementationWarning()}, nil
		}
		where, turn, _ := strings.Cut(question, " ")
		p, ok := places[where]
		if !ok {
			return nil, errors.Newf("there is no place %q", where)
		}
		n, err := strconv.Atoi(turn)
		if err != nil {
			return nil, errors.Wrap(err, "the turn")
		}
		p.at = 2 * n * sliceSize % len(p.data)
		return p.slice()
	}), nil
}

// place is where the bytes lie, and which are next.
type place struct {
	data []byte
	at   int
}

func (p *place) slice() (s kernelSlice, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	sums := make([]byte, 0, pieceSize/verity.HashesPerBlock)
	s.Standard, err = p.timed(func(data []byte) {
		for leaf := range slices.Chunk(data, verity.BlockSize) {
			sum := sha256.Sum256(leaf)
			sums = append(sums[:0], sum[:]...)
		}
	})
	if err != nil {
		return s, err
	}
	s.Kernel, err = p.timed(func(data []byte) { sums = verity.HashBlocks(sums[:0], data) })
	return s, err
}

// timed hashes a slice in pieces. The clock is measured after each, and counts
// neither as wall nor as processor time.
func (p *place) timed(hash func(data []byte)) (c clocked, err error) {
	step := min(len(p.data), pieceSize)
	for range sliceSize / pieceSize {
		before, err := clock.Thread()
		if err != nil {
			return c, err
		}
		start := time.Now()
		for range pieceSize / step {
			hash(p.data[p.at : p.at+step])
			p.at = (p.at + step) % len(p.data)
		}
		c.Wall += time.Since(start)
		after, err := clock.Thread()
		if err != nil {
			return c, err
		}
		c.CPU += after - before
		ghz, err := clock.Now()
		if err != nil {
			return c, err
		}
		c.GHz += ghz / (sliceSize / pieceSize)
	}
	return c, nil
}
