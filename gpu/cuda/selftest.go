package cuda

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// knownLeaf is the SHA-256 of 4096 zero bytes, written down and not computed:
// with it the processor's own calculation is tested too.
const knownLeaf = "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7"

// selfTestData is enough for a tree of three levels, and a block of zeroes
// behind it.
const selfTestData = 129*gpu.BlockSize + 1234

// compared is the part in which a changed byte is looked for.
const compared = 9*gpu.BlockSize + 77

// selfTest tries every kernel before it is relied on, and refuses to serve
// with one that fails: digests of known and of random data against crypto/sha256
// of the standard library, at aligned and unaligned addresses; a comparison
// that must find a changed byte; a scrub that must be seen, and one that was
// not done; a test of memory.
func (d *device) selfTest(op string) error {
	b, err := d.take(op, selfTestData.AddSat(gpu.BlockSize))
	if err != nil {
		return err
	}
	err = d.selfTestIn(op, b)
	return errors.CombineErrors(err, d.give(op, b))
}

func (d *device) selfTestIn(op string, b *block) error {
	n, ok := b.size.Int()
	if !ok {
		return errors.AssertionFailedf("cuda: the data of the self-test does not fit in memory")
	}
	data := make([]byte, n)
	if _, err := rand.Read(data); err != nil {
		return d.refuse(op, gpu.ErrUnknown, "no random data for the self-test: %v", err)
	}
	clear(data[selfTestData:])
	if err := d.upload(op, &d.lanes.digest, b.at(0), data); err != nil {
		return err
	}
	if err := d.testDigests(op, b, data); err != nil {
		return err
	}
	if err := d.testCompare(op, b, data); err != nil {
		return err
	}
	return d.testSmall(op, b)
}

func (d *device) fails(op, what string) error {
	return d.refuse(op, gpu.ErrUnknown, "the self-test of the GPU's kernels failed: %s: do not use this GPU with this driver", what)
}

// testDigests digests parts of the data in one pass.
func (d *device) testDigests(op string, b *block, data []byte) error {
	known, err := hex.DecodeString(knownLeaf)
	if err != nil || len(known) != verity.HashSize || sha256.Sum256(make([]byte, verity.BlockSize)) != [32]byte(known) {
		return d.refuse(op, gpu.ErrUnknown, "SHA-256 is wrong on this machine's processor")
	}
	var jobs []job
	var want [][32]byte
	for _, part := range []struct{ offset, size int }{
		{0, int(selfTestData)}, {0, 1}, {3, 4096}, {4096, 4097}, {16, 3*4096 + 17}, {1, 2 * 4096}, {0, 32 * 4096}, {int(selfTestData), 4096}, {0, 0},
	} {
		jobs = append(jobs, newJob(b.at(gpu.BytesOf(part.offset)), gpu.BytesOf(part.size), b.chunk.m))
		want = append(want, plainDigest(data[part.offset:part.offset+part.size]))
	}
	want[7] = verity.FileDigest(verity.Hash(known), verity.BlockSize)
	results, err := d.digestNow(op, jobs)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Digest != want[i] {
			return d.fails(op, "the kernel "+d.own.variant+" computes wrong digests")
		}
	}
	return nil
}

// plainDigest computes the digest with nothing but the standard library's
// SHA-256, one block after the other.
func plainDigest(data []byte) [32]byte {
	var root verity.Hash
	level := data
	for len(level) > 0 {
		var next []byte
		for rest := level; len(rest) > 0; {
			var padded [verity.BlockSize]byte
			n := copy(padded[:], rest)
			rest = rest[n:]
			sum := sha256.Sum256(padded[:])
			next = append(next, sum[:]...)
		}
		if len(next) == verity.HashSize {
			root = verity.Hash(next)
			break
		}
		level = next
	}
	return verity.FileDigest(root, uint64(len(data)))
}

// testCompare changes one byte and expects its block to be named.
func (d *device) testCompare(op string, b *block, data []byte) error {
	j := newJob(b.at(0), compared, b.chunk.m)
	j.keep = &kept{dev: d, size: j.size, blocks: j.leaves()}
	first, err := d.digestNow(op, []job{j})
	if err != nil || len(first) != 1 || first[0].Kept == nil {
		return err
	}
	hashes := j.keep
	var pick [2]byte
	if _, err = rand.Read(pick[:]); err != nil {
		return errors.CombineErrors(d.refuse(op, gpu.ErrUnknown, "no random data for the self-test: %v", err), hashes.drop(op))
	}
	at := (int(pick[0])<<8 | int(pick[1])) % int(compared)
	err = d.upload(op, &d.lanes.digest, b.at(gpu.BytesOf(at)), []byte{^data[at]})
	if err == nil {
		err = d.testFinds(op, b, hashes, at)
	}
	return errors.CombineErrors(err, hashes.drop(op))
}

func (d *device) testFinds(op string, b *block, hashes *kept, at int) error {
	j := newJob(b.at(0), compared, b.chunk.m)
	j.expect = hashes
	second, err := d.digestNow(op, []job{j})
	if err != nil {
		return err
	}
	if len(second) != 1 || second[0].BadBlock != int64(at/verity.BlockSize) {
		return d.fails(op, "the comparison does not find a changed block")
	}
	return nil
}

// testSmall tries the kernels that prove and test memory. It leaves zeroes.
func (d *device) testSmall(op string, b *block) error {
	dirty, err := d.nonZero(op, b.at(1), selfTestData.SubSat(1))
	if err != nil {
		return err
	}
	if !dirty {
		return d.fails(op, "memory that is not zero is taken for scrubbed")
	}
	wrong, err := d.testWords(op, b.at(0), b.size, uint64(time.Now().UnixNano()))
	if err != nil {
		return err
	}
	if wrong != 0 {
		return d.fails(op, "the test of memory finds errors")
	}
	dirty, err = d.nonZero(op, b.at(0), b.size)
	if err != nil {
		return err
	}
	if dirty {
		return d.fails(op, "memory that was cleared is not zero")
	}
	return nil
}
