package verity_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/seal/verity"
)

var update = flag.Bool("update", false, "rewrite the golden vectors with the fsverity tool")

const vectorFile = "testdata/vectors.txt"

// vectorSizes are around every border of the format: empty, one byte, a hash,
// a hash function's block, a block, a block of hashes, and three levels.
var vectorSizes = []int{
	0, 1, 31, 32, 33, 63, 64, 65, 4095, 4096, 4097, 8191, 8192, 8193, 61440,
	65535, 65536, 65537, 524287, 524288, 524289, 1 << 20, 1<<20 + 1, 3<<20 + 5,
	64 << 20, 64<<20 + 1, 70000001,
}

// pattern is the data of the vectors: byte i is the low byte of
// i*7 + i/251 + (i/4096)*13, so that no two blocks near each other are equal.
func pattern(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i*7 + i/251 + i/4096*13)
	}
	return data
}

func tool(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("fsverity")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the fsverity tool is not installed: apt-get install fsverity")
		}
		t.Skip("the fsverity tool is not installed: apt-get install fsverity")
	}
	return path
}

func toolDigest(t *testing.T, path string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "digest", file).CombinedOutput()
	if err != nil {
		t.Fatalf("fsverity: %v: %s", err, out)
	}
	digest, _, _ := strings.Cut(string(out), " ")
	return digest
}

type vector struct {
	size   int
	digest verity.Digest
}

func loadVectors(t *testing.T) []vector {
	t.Helper()
	content, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) != 2 {
			t.Fatalf("%s: %q: want a size and a digest", vectorFile, lines.Text())
		}
		size, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		digest, err := verity.ParseDigest(fields[1])
		if err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, vector{size, digest})
	}
	if len(vectors) != len(vectorSizes) {
		t.Fatalf("%s has %d vectors, want %d", vectorFile, len(vectors), len(vectorSizes))
	}
	return vectors
}

func TestVectors(t *testing.T) {
	if *update {
		var out strings.Builder
		out.WriteString("# size and digest as printed by `fsverity digest`; byte i of the data is\n" +
			"# the low byte of i*7 + i/251 + (i/4096)*13. Rewrite with: go test -run TestVectors -update\n")
		path := tool(t)
		for _, size := range vectorSizes {
			fmt.Fprintf(&out, "%d %s\n", size, toolDigest(t, path, pattern(size)))
		}
		if err := os.WriteFile(vectorFile, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range loadVectors(t) {
		data := pattern(v.size)
		if got := verity.Sum(data); got != v.digest {
			t.Errorf("Sum of %d bytes = %v, want %v", v.size, got, v.digest)
		}
		got, err := verity.DigestReaderAt(t.Context(), bytes.NewReader(data), uint64(v.size), verity.Options{})
		if err != nil || got != v.digest {
			t.Errorf("DigestReaderAt of %d bytes = %v, %v, want %v", v.size, got, err, v.digest)
		}
		got, n, err := verity.DigestReader(t.Context(), bytes.NewReader(data), verity.Options{})
		if err != nil || got != v.digest || n != uint64(v.size) {
			t.Errorf("DigestReader of %d bytes = %v, %d, %v, want %v", v.size, got, n, err, v.digest)
		}
	}
}

func TestAgainstTheTool(t *testing.T) {
	path := tool(t)
	for _, size := range []int{0, 1, 4095, 4096, 4097, 524288, 524289, 5<<20 + 77} {
		data := pattern(size)
		for i := range data {
			data[i] ^= 0x5a
		}
		if got, want := verity.Sum(data).Text(), toolDigest(t, path, data); got != want {
			t.Errorf("%d bytes: %s, the tool says %s", size, got, want)
		}
	}
}
