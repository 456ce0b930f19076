package sample

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/sha256.txt")

// file is the sample model, made once for all tests.
var file = sync.OnceValues(func() ([]byte, error) {
	var b bytes.Buffer
	err := Write(&b)
	return b.Bytes(), err
})

func sampleFile(t testing.TB) []byte {
	t.Helper()
	raw, err := file()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(raw)
}

// TestFileIsTheSameEverywhere holds the bytes fixed over time and machines.
func TestFileIsTheSameEverywhere(t *testing.T) {
	const golden = "testdata/sha256.txt"
	raw := sampleFile(t)
	var again bytes.Buffer
	if err := Write(&again); err != nil || !bytes.Equal(again.Bytes(), raw) {
		t.Fatalf("the second file differs from the first (error %v)", err)
	}
	sum := sha256.Sum256(raw)
	got := hex.EncodeToString(sum[:]) + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the file's SHA-256 is %s, want %s", got, want)
	}
	if n := len(raw); n < 1<<20 || n > 2<<20 {
		t.Errorf("the file has %d bytes, want 1 to 2 MiB", n)
	}
}

func TestFileHasTheTensorsOfTheDocumentation(t *testing.T) {
	raw := sampleFile(t)
	tensors, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tensor := range tensors {
		names = append(names, tensor.Name)
		if tensor.Begin%8 != 0 {
			t.Errorf("%s begins at %d, which is not aligned", tensor.Name, tensor.Begin)
		}
	}
	if want := []string{hiddenWeight, hiddenBias, outputWeight, outputBias}; !slices.Equal(names, want) {
		t.Errorf("tensors %v, want %v", names, want)
	}
	if last := tensors[len(tensors)-1]; last.End != uint64(len(raw)) {
		t.Errorf("the last tensor ends at %d of %d", last.End, len(raw))
	}
}

func TestModelKnowsItsText(t *testing.T) {
	m, err := Load(sampleFile(t))
	if err != nil {
		t.Fatal(err)
	}
	const prompt = "There was nothing so very"
	want := text[strings.Index(text, prompt)+len(prompt):][:60]
	if got := m.Continue(prompt, 60); got != want {
		t.Errorf("after %q came %q, want %q", prompt, got, want)
	}
	for prompt, want := range map[string]byte{"": 'A', "A": 'l', "with pink eye": 's'} {
		if got, err := Predict(sampleFile(t), prompt); err != nil || got != want {
			t.Errorf("after %q comes %q (error %v), want %q", prompt, got, err, want)
		}
	}
	if got := m.Continue("Ünïcödé \x00\xff", 10); len(got) != 10 {
		t.Errorf("unknown characters gave %q", got)
	}
	if got := m.Continue("A", -1); got != "" {
		t.Errorf("a negative count gave %q", got)
	}
}

// TestPredictionIsThatOfTraining compares the network on the file's bytes
// with the one that was trained, score by score.
func TestPredictionIsThatOfTraining(t *testing.T) {
	m, err := Load(sampleFile(t))
	if err != nil {
		t.Fatal(err)
	}
	n := trained()
	var a activity
	for _, l := range lessonsOf(text)[:200] {
		n.forward(l.seen, &a)
		if got, want := m.next(l.seen), best(a.output[:]); got != want {
			t.Fatalf("the file predicts %q, the network %q", Alphabet[got], Alphabet[want])
		}
	}
}

// TestDamagedWeightsChangeTheAnswer shows why somebody would seal a model:
// a damaged weight is no error, only another answer.
func TestDamagedWeightsChangeTheAnswer(t *testing.T) {
	raw := sampleFile(t)
	before, err := Predict(raw, "Alice was")
	if err != nil {
		t.Fatal(err)
	}
	tensors, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	bias := raw[tensors[3].Begin:]
	zed := 4 * strings.IndexByte(Alphabet, 'Z')
	binary.LittleEndian.PutUint32(bias[zed:], math.Float32bits(1e30))
	after, err := Predict(raw, "Alice was")
	if err != nil || before == after || after != 'Z' {
		t.Errorf("%q became %q, error %v", before, after, err)
	}
}

func TestWriteReportsTheWriter(t *testing.T) {
	broken := errors.New("broken")
	if err := Write(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
