package audit

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/errors"
)

// childEnv makes the test binary a writer on the directory it names.
const childEnv = "AUDIT_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// child writes from several goroutines until it is killed, and prints each
// sequence number after its record was acknowledged.
func child(dir string) int {
	l, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1), SegmentBytes: 20_000})
	if err != nil {
		fmt.Println("refused:", errors.Is(err, ErrLocked), err)
		return 3
	}
	fmt.Println("ready")
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i)
				if err := l.Emit(EngineStopped(id, true)); err != nil && !errors.Is(err, ErrFull) {
					fmt.Println("emit:", err)
					return
				}
				seq, err := l.Write(context.Background(), VramSealed(id, 0, 1, "", "", ""))
				if err != nil {
					fmt.Println("write:", err)
					return
				}
				fmt.Printf("acked %d %s\n", seq, id)
			}
		})
	}
	all.Wait()
	return 4
}

func startChild(t *testing.T, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// A writer that is killed in the middle loses nothing that it acknowledged.
func TestKilledWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	acked := map[uint64]string{}
	for round := range 10 {
		cmd, out := startChild(t, dir)
		for n := 0; n < 20+7*round && out.Scan(); n++ {
			take(t, out.Text(), acked)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() {
			take(t, out.Text(), acked) // printed before the kill
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the writer ended by itself")
		}
		if _, err := Verify(dir, VerifyOptions{PublicKey: newTestSigner(1).PublicKey()}); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	l, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)})
	if err != nil {
		t.Fatal(err)
	}
	closeLog(t, l)
	found := map[uint64]string{}
	names, err := disk{dir}.Names()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scan(disk{dir}, names, headState{}, func(e entry) { found[e.seq] = fieldOf(e, "shard_id") }); err != nil {
		t.Fatal(err)
	}
	if len(acked) < 200 {
		t.Fatalf("only %d records were acknowledged", len(acked))
	}
	for seq, id := range acked {
		if found[seq] != id {
			t.Errorf("record %d was acknowledged as %q and is %q", seq, id, found[seq])
		}
	}
}

func take(t *testing.T, line string, acked map[uint64]string) {
	t.Helper()
	words := strings.Fields(line)
	if len(words) != 3 || words[0] != "acked" {
		if line != "ready" && !strings.HasPrefix(line, "acked") { // a last line may be cut short by the kill
			t.Fatalf("the writer says %q", line)
		}
		return
	}
	seq, err := strconv.ParseUint(words[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	acked[seq] = words[2]
}

// A second writer is refused, in another process and in this one; reading is
// not.
func TestSecondWriterIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(Options{Dir: dir, Signer: newTestSigner(1)}); !errors.Is(err, ErrLocked) {
		t.Errorf("second writer in this process: %v", err)
	}
	cmd, out := startChild(t, dir)
	if !out.Scan() || !strings.HasPrefix(out.Text(), "refused: true") {
		t.Errorf("second process: %q", out.Text())
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the second process was not refused")
	}
	mustWrite(t, l, OperatorAction("", "", "", ""))
	if r, err := Verify(dir, VerifyOptions{}); err != nil || r.Records != 1 {
		t.Errorf("verify beside the writer: %+v, %v", r, err)
	}
	closeLog(t, l)
	l, _, err = Open(Options{Dir: dir, Signer: newTestSigner(1)})
	if err != nil {
		t.Fatalf("after the first was closed: %v", err)
	}
	closeLog(t, l)
}
