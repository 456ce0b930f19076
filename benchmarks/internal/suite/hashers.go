package suite

import (
	"bytes"
	"context"
	"crypto/rand"
	"runtime"
	"strconv"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/measure"
	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/seal/verity"
)

const mib = 1 << 20

// hasher is one way to hash bytes that are in memory. A library to compare
// with is a row in package peer.
type hasher struct {
	name   string
	family peer.Family
	hash   func(ctx context.Context, data []byte) ([32]byte, error)
}

// The names that ratios are made of.
const (
	inPlace = "seal/verity in place"
	reader  = "seal/verity through a reader"
)

func hashers() []hasher {
	all := []hasher{
		{inPlace, peer.FSVerity, func(_ context.Context, data []byte) ([32]byte, error) { return verity.Sum(data), nil }},
		{reader, peer.FSVerity, throughReader(1)},
	}
	for _, l := range peer.Libraries() {
		all = append(all, hasher{l.Name, l.Family, func(_ context.Context, data []byte) ([32]byte, error) { return l.Sum(data), nil }})
	}
	return all
}

func throughReader(threads int) func(context.Context, []byte) ([32]byte, error) {
	return func(ctx context.Context, data []byte) ([32]byte, error) {
		return verity.DigestReaderAt(ctx, bytes.NewReader(data), uint64(len(data)), verity.Options{Threads: threads})
	}
}

// hashersPart lets all hashers take turns on the same bytes: SIZE ROUNDS. A
// sample is one hash, though several are timed together where they are short.
func hashersPart(ctx context.Context, args []string) (any, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: hashers SIZE ROUNDS")
	}
	size, err := strconv.Atoi(args[0])
	if err != nil {
		return nil, errors.Wrap(err, "SIZE")
	}
	rounds, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, errors.Wrap(err, "ROUNDS")
	}
	data, err := random(size)
	if err != nil {
		return nil, err
	}
	repeat := max(16*mib/size, 1)
	var cases []measure.Case
	sums := map[peer.Family][32]byte{}
	for _, h := range hashers() {
		cases = append(cases, measure.Self(h.name, func(ctx context.Context) error {
			for range repeat {
				sum, err := h.hash(ctx, data)
				if err != nil {
					return err
				}
				if before, ok := sums[h.family]; ok && before != sum {
					return errors.Newf("another hash of the same bytes: %s is wrong", h.family)
				}
				sums[h.family] = sum
			}
			return nil
		}))
	}
	series, err := measure.Interleave(ctx, rounds, cases...)
	for _, s := range series {
		for i := range s.Samples {
			s.Samples[i].Wall /= time.Duration(repeat)
			s.Samples[i].CPU /= time.Duration(repeat)
		}
	}
	runtime.KeepAlive(data)
	return series, err
}

// random makes bytes that are no zeros, quickly: pieces of a random one.
func random(size int) ([]byte, error) {
	data := make([]byte, size)
	first := data[:min(size, mib+1)]
	if _, err := rand.Read(first); err != nil {
		return nil, errors.Wrap(err, "random bytes")
	}
	for at := len(first); at < size; at += len(first) {
		copy(data[at:], first)
	}
	return data, nil
}
