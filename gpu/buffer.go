package gpu

import (
	"fmt"

	"github.com/cockroachdb/errors"
)

// BlockSize is the unit in which memory is placed and digested: the fs-verity
// block. Behind a buffer's last byte its last block is zero.
const BlockSize = 4 * KiB

// Buffer is one allocation on a device. It names its memory by extent and
// offset, knows no address, and checks the bounds of every access (MS-002,
// MS-007). It is valid until its heap frees it, and belongs to the device's
// thread.
type Buffer struct {
	dev    Device
	heap   *Heap
	span   Span  // exact size
	slot   Bytes // size with its zero tail
	freed  bool
	sealed bool
	ending bool // a scrub was begun: it is neither written nor sealed any more
}

// Size is the exact size that was asked for.
func (b *Buffer) Size() Bytes { return b.span.Size }

// Span is where the buffer is, for kernel arguments and digest jobs.
func (b *Buffer) Span() Span { return b.span }

// Format writes the buffer's size whatever the verb.
func (b *Buffer) Format(s fmt.State, _ rune) {
	if b == nil {
		_, _ = fmt.Fprint(s, "buffer(none)") //nolint:errcheck // fmt.State reports no error that a Formatter could act on
		return
	}
	_, _ = fmt.Fprintf(s, "buffer(%s)", b.span.Size) //nolint:errcheck // as above
}

// part returns the n bytes from off, or ErrInvalidValue if they are not all
// inside the buffer.
func (b *Buffer) part(op string, off, n Bytes) (Span, error) {
	if b.freed {
		return Span{}, &Error{Op: op, Device: b.dev.Info().Index, Code: ErrNotFound, Detail: "the buffer was freed"}
	}
	start, ok := b.span.Offset.Add(off)
	if !ok || !off.Within(n, b.span.Size) {
		return Span{}, &Error{Op: op, Device: b.dev.Info().Index, Code: ErrInvalidValue,
			Detail: fmt.Sprintf("%d bytes at offset %d do not fit in %d", uint64(n), uint64(off), uint64(b.span.Size))}
	}
	return Span{Extent: b.span.Extent, Offset: start, Size: n}, nil
}

// WriteAt copies p to the offset. A buffer that was sealed is refused, and so
// is one that is being scrubbed.
func (b *Buffer) WriteAt(p []byte, off Bytes) error {
	if b.sealed {
		return &Error{Op: "write", Device: b.dev.Info().Index, Code: ErrInvalidValue, Detail: "the buffer is sealed"}
	}
	if b.ending && !b.freed {
		return &Error{Op: "write", Device: b.dev.Info().Index, Code: ErrInvalidValue, Detail: "the buffer is being scrubbed"}
	}
	at, err := b.part("write", off, BytesOf(len(p)))
	if err != nil {
		return err
	}
	return b.dev.Write(at, p)
}

// ReadAt copies from the offset to p.
func (b *Buffer) ReadAt(p []byte, off Bytes) error {
	at, err := b.part("read", off, BytesOf(len(p)))
	if err != nil {
		return err
	}
	return b.dev.Read(at, p)
}

// Digest starts a pass over the whole buffer. See [Device].Digest for more
// than one buffer at a time.
func (b *Buffer) Digest(keep bool, expect Kept) (Pass, error) {
	at, err := b.part("digest", 0, b.span.Size)
	if err != nil {
		return nil, err
	}
	return b.dev.Digest([]DigestJob{{Span: at, Keep: keep, Expect: expect}})
}

// Scrub starts to zero the buffer, in slices; Heap.Free ends it.
func (b *Buffer) Scrub() (*Scrub, error) { return b.heap.Scrub(b) }

// Residency gathers the evidence for the extent that the buffer is in. An
// error that is [ErrNotResident] lists what contradicts it (VP-001).
func (b *Buffer) Residency() (Residency, error) {
	at, err := b.part("residency", 0, b.span.Size)
	if err != nil {
		return Residency{}, err
	}
	r, err := b.dev.Residency(at.Extent)
	if err != nil {
		return Residency{}, err
	}
	end, ok := at.Offset.Add(at.Size)
	if !ok {
		return r, errors.AssertionFailedf("a placed buffer ends beyond the address space")
	}
	if v := r.Violations(b.dev.Info().Index, end); len(v) > 0 {
		return r, &Error{Op: "residency", Device: b.dev.Info().Index, Code: ErrNotResident, Detail: fmt.Sprint(v)}
	}
	return r, nil
}

// ErrNotResident says that memory is not, or not only, in the device's memory.
const ErrNotResident Code = "gpu: memory is not resident on the device"
