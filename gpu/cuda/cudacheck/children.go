package cudacheck

import (
	"time"

	"github.com/cockroachdb/errors"
	"golang.org/x/sys/unix"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda"
)

// What parts have run in processes of their own, because it spoils the
// process's context, or ends the process. The name before the slash is the
// part that the rows belong to.
const (
	childExit      = partScrub + "/exit"
	childKilled    = partScrub + "/killed"
	childStore     = partQuestion + "/store"
	childMemset    = partQuestion + "/memset"
	childCopy      = partQuestion + "/copy"
	childWild      = partQuestion + "/wild"
	childNeighbour = partQuestion + "/neighbour"
	childTarget    = partQuestion + "/target"
)

// childLimit is more than any of them takes.
const childLimit = 30 * time.Second

func children() []Part {
	return []Part{
		{childExit, "a process that leaves memory behind", childLimit, func(s *session) error { return leave(s, false) }},
		{childKilled, "a process that is killed", childLimit, func(s *session) error { return leave(s, true) }},
		{childStore, "a kernel's store into a read-only mapping", childLimit, storeIntoReadOnly},
		{childMemset, "a memset of a read-only mapping", childLimit, memsetOfReadOnly},
		{childCopy, "a copy into a read-only mapping", childLimit, copyIntoReadOnly},
		{childWild, "an access outside of all memory, and what helps", childLimit, wildAccess},
		{childNeighbour, "another process on the GPU", childLimit, neighbour},
		{childTarget, "a module for the oldest target", childLimit, oldTarget},
	}
}

// child runs a part in another process, and tells whether it was run. One that
// ends badly is on record, and may well be meant to.
func (s *session) child(part, what string) bool {
	if s.options.Child == nil {
		s.Missing(what, "needs a process of its own")
		return false
	}
	if err := s.options.Child(s.ctx, part, s.Emit); err != nil {
		s.Say(what, "the process ended with: %v", err)
	}
	return true
}

// leave fills memory and ends without giving it back.
func leave(s *session, killed bool) error {
	b, err := s.bed()
	if err != nil {
		return err
	}
	spare, err := b.spare()
	if err != nil {
		return err
	}
	x, err := b.region(share(s, spare, b.unit))
	if err != nil {
		return err
	}
	if err := x.fill(marker); err != nil || !killed {
		return err
	}
	return errors.Wrap(unix.Kill(unix.Getpid(), unix.SIGKILL), "cudacheck: ending this process")
}

// neighbour uses a device that another process uses.
func neighbour(s *session) error {
	d, err := s.openWith(cuda.Direct)
	if err != nil {
		return err
	}
	unit := d.Info().Granularity
	id, err := d.Map(unit)
	if err == nil {
		_, err = digested(d, gpu.DigestJob{Span: gpu.Span{Extent: id, Size: unit}}, slice)
	}
	s.Check("two processes on one GPU, the second", err == nil, "opened, tested its kernels, mapped and digested: %s", outcome(err))
	return d.Close()
}

func outcome(err error) string {
	if err == nil {
		return "well"
	}
	return err.Error()
}
