package verity_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/vram-engine/vram-engine/seal/verity"
)

func block(data []byte, i uint64) []byte {
	start := i * verity.BlockSize
	return data[start:min(start+verity.BlockSize, uint64(len(data)))]
}

func TestProof(t *testing.T) {
	for _, size := range []int{1, 4095, 4096, 4097, 524288, 524289, 1 << 20, 64<<20 + 1} {
		data := pattern(size)
		tree := treeOf(t, data, 0)
		digest := tree.Digest()
		last := verity.Blocks(uint64(size)) - 1
		for _, i := range []uint64{0, last / 2, 127 % (last + 1), 128 % (last + 1), last} {
			p, err := tree.Proof(i)
			if err != nil {
				t.Fatal(err)
			}
			if err := verity.VerifyProof(digest, uint64(size), i, block(data, i), p); err != nil {
				t.Errorf("%d bytes, block %d: %v", size, i, err)
			}
			encoded, err := p.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := verity.ParseProof(encoded)
			if err != nil {
				t.Fatal(err)
			}
			if err := verity.VerifyProof(digest, uint64(size), i, block(data, i), parsed); err != nil {
				t.Errorf("%d bytes, block %d, encoded: %v", size, i, err)
			}
			if parsed.Size() != uint64(size) || parsed.Block() != i {
				t.Errorf("parsed proof is of block %d of %d bytes", parsed.Block(), parsed.Size())
			}
		}
	}
}

// TestProofRefused changes every part of a proof and of what it is about.
func TestProofRefused(t *testing.T) {
	const size = 2<<20 + 100
	const at = 130
	data := pattern(size)
	tree := treeOf(t, data, 0)
	digest := tree.Digest()
	p, err := tree.Proof(at)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := p.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name string, err error) {
		t.Helper()
		if !errors.Is(err, verity.ErrBadProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range encoded {
		changed := bytes.Clone(encoded)
		changed[i] ^= 1
		parsed, err := verity.ParseProof(changed)
		if err == nil {
			err = verity.VerifyProof(digest, parsed.Size(), parsed.Block(), block(data, at), parsed)
		}
		if !errors.Is(err, verity.ErrBadProof) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for n := range encoded {
		if _, err := verity.ParseProof(encoded[:n]); !errors.Is(err, verity.ErrBadProof) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	_, err = verity.ParseProof(append(bytes.Clone(encoded), 0))
	refused("a byte more", err)

	flipped := bytes.Clone(block(data, at))
	flipped[7] ^= 0x80
	refused("flipped bit", verity.VerifyProof(digest, size, at, flipped, p))
	refused("other block", verity.VerifyProof(digest, size, at, block(data, at+1), p))
	refused("other index", verity.VerifyProof(digest, size, at+1, block(data, at), p))
	refused("other size", verity.VerifyProof(digest, size+1, at, block(data, at), p))
	refused("short data", verity.VerifyProof(digest, size, at, block(data, at)[1:], p))
	refused("no data", verity.VerifyProof(digest, size, at, nil, p))
	refused("no proof", verity.VerifyProof(digest, size, at, block(data, at), nil))
	refused("empty proof", verity.VerifyProof(digest, 0, 0, nil, &verity.Proof{}))
	refused("other digest", verity.VerifyProof(verity.Sum(data[1:]), size, at, block(data, at), p))

	last := verity.Blocks(size) - 1
	p, err = tree.Proof(last)
	if err != nil {
		t.Fatal(err)
	}
	padded := append(bytes.Clone(block(data, last)), 0)
	refused("padded last block", verity.VerifyProof(digest, size, last, padded, p))
}

func TestProofNeedsLeavesAndBlock(t *testing.T) {
	data := pattern(1 << 20)
	if _, err := treeOf(t, data, 1).Proof(0); !errors.Is(err, verity.ErrBadTree) {
		t.Errorf("level 1: %v", err)
	}
	if _, err := treeOf(t, data, 0).Proof(256); !errors.Is(err, verity.ErrNoBlock) {
		t.Errorf("block behind the last: %v", err)
	}
	if _, err := treeOf(t, nil, 0).Proof(0); !errors.Is(err, verity.ErrNoBlock) {
		t.Errorf("block of nothing: %v", err)
	}
}

func FuzzParseProof(f *testing.F) {
	data := pattern(600000)
	tree, err := verity.NewTree(600000, 0, verity.HashBlocks(nil, data))
	if err != nil {
		f.Fatal(err)
	}
	for _, i := range []uint64{0, 1, 128, 146} {
		p, err := tree.Proof(i)
		if err != nil {
			f.Fatal(err)
		}
		encoded, err := p.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Add([]byte("VRAMPRF1\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("VRAMPRF1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x0f\x00"))
	digest := tree.Digest()
	f.Fuzz(func(t *testing.T, encoded []byte) {
		p, err := verity.ParseProof(encoded)
		if err != nil {
			return
		}
		again, err := p.MarshalBinary()
		if err != nil || !bytes.Equal(again, encoded) {
			t.Fatalf("it parses but encodes differently: %v", err)
		}
		if p.Size() != 600000 {
			if verity.VerifyProof(digest, p.Size(), p.Block(), make([]byte, verity.BlockLength(p.Size(), p.Block())), p) == nil {
				t.Fatal("a proof of another size was accepted")
			}
			return
		}
		honest, err := tree.Proof(p.Block())
		if err != nil {
			t.Fatal(err)
		}
		want, err := honest.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		ok := verity.VerifyProof(digest, 600000, p.Block(), block(data, p.Block()), p) == nil
		if ok != bytes.Equal(want, encoded) {
			t.Fatalf("accepted: %v, but only the one honest proof may be", ok)
		}
	})
}
