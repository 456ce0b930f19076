package audit

import (
	"crypto/ed25519"
	"time"
)

// Signer signs the head of the log. It is implemented by whoever holds the
// key; the log never sees the private half. Both methods must be safe for
// concurrent use.
type Signer interface {
	// Sign returns the Ed25519 signature of msg. It does not keep msg.
	Sign(msg []byte) ([]byte, error)
	// PublicKey returns the key that verifies the signatures. It does not
	// change while a log is open.
	PublicKey() ed25519.PublicKey
}

// Options say where a log lies and how it behaves. Zero values stand for the
// defaults. Open works on a copy.
type Options struct {
	// Dir is the directory of the log. It is created with mode 0700.
	Dir string
	// Signer signs the head. Required.
	Signer Signer
	// Clock gives the time of the records; nil is time.Now. It is called by
	// one goroutine at a time.
	Clock func() time.Time
	// MaxQueue is how many emitted records may wait to be written before Emit
	// refuses; 0 is 16384.
	MaxQueue int
	// SegmentBytes is the size in bytes at which a new file is begun; 0 is
	// 64 MiB. One batch of lines is never divided.
	SegmentBytes uint64
	// FlushEvery is how long an emitted record that is not critical waits for
	// company; 0 is 5 ms.
	FlushEvery time.Duration
	// RetryEvery is how often an unavailable log is tried again when nobody
	// waits for it; 0 is one second.
	RetryEvery time.Duration
}

const (
	defaultMaxQueue     = 16384
	defaultSegmentBytes = 64 << 20
	defaultFlushEvery   = 5 * time.Millisecond
	defaultRetryEvery   = time.Second
)

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.MaxQueue == 0 {
		o.MaxQueue = defaultMaxQueue
	}
	if o.SegmentBytes == 0 {
		o.SegmentBytes = defaultSegmentBytes
	}
	if o.FlushEvery == 0 {
		o.FlushEvery = defaultFlushEvery
	}
	if o.RetryEvery == 0 {
		o.RetryEvery = defaultRetryEvery
	}
	return o
}

func (o Options) validate() error {
	switch {
	case o.Dir == "":
		return fail(ErrInvalid, nil, "Options.Dir is empty; name the directory of the log")
	case o.Signer == nil:
		return fail(ErrInvalid, nil, "Options.Signer is missing; give the key that signs the head")
	case len(o.Signer.PublicKey()) != ed25519.PublicKeySize:
		return fail(ErrInvalid, nil, "Options.Signer has no Ed25519 public key")
	case o.MaxQueue < 0, o.FlushEvery < 0, o.RetryEvery < 0:
		return fail(ErrInvalid, nil, "Options.MaxQueue, FlushEvery and RetryEvery must not be negative")
	}
	return nil
}
