package suite

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strconv"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/peer"
	"github.com/vram-engine/vram-engine/seal/verity"
)

// digestPart digests a file as a program would: THREADS FILE.
func digestPart(ctx context.Context, args []string) (any, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: digest THREADS FILE")
	}
	threads, err := strconv.Atoi(args[0])
	if err != nil {
		return nil, errors.Wrap(err, "THREADS")
	}
	f, err := os.Open(args[1])
	if err != nil {
		return nil, errors.Wrap(err, "FILE")
	}
	d, err := verity.DigestReaderAt(ctx, f, fileSize, verity.Options{Threads: threads})
	return json.RawMessage(strconv.Quote(d.Text())), errors.Join(err, f.Close())
}

// readBuffer is what hashFilePart reads at once. It is the size that was best
// for package verity: larger ones do not stay in the second-level cache.
const readBuffer = 256 << 10

// hashFilePart hashes a file with a library: LIBRARY FILE.
func hashFilePart(_ context.Context, args []string) (any, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: hashfile LIBRARY FILE")
	}
	for _, l := range peer.Libraries() {
		if l.Name != args[0] {
			continue
		}
		h := l.New()
		if err := readAll(args[1], h); err != nil {
			return nil, err
		}
		sum := hex.EncodeToString(h.Sum(nil))
		if l.Family == peer.FSVerity {
			sum = "sha256:" + sum
		}
		return sum, nil
	}
	return nil, errors.Newf("there is no library %q", args[0])
}

// readFilePart reads a file and does nothing with it: FILE.
func readFilePart(_ context.Context, args []string) (any, error) {
	if len(args) != 1 {
		return nil, errors.New("usage: readfile FILE")
	}
	return "read", readAll(args[0], io.Discard)
}

// readAll reads a file in pieces, without the short cuts of io.Copy.
func readAll(path string, to io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return errors.Wrap(err, "FILE")
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{f}, make([]byte, readBuffer))
	return errors.Wrap(errors.Join(err, f.Close()), "FILE")
}
