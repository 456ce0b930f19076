package props

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/audit"
	"github.com/vram-engine/vram-engine/gpu"
	"pgregory.net/rapid"
)

// P-401, P-402, P-403, P-404, P-405, P-406, P-407, P-408.
func TestEngineKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, remove := newEngineWorld(t)
		defer remove()
		closed := false
		defer func() {
			if !closed {
				w.control.Clear()
				_ = w.e.Close(t.Context()) // a failure is on its way
			}
		}()
		t.Repeat(map[string]func(*rapid.T){
			"": w.holds, "seal": w.seal, "seal more": w.seal, "verify": w.verify, "execute": w.execute, "flip": w.flip, "release": w.release,
			"fault": w.fault, "forge": w.forge, "restart": w.restart, "unquarantine": w.unquarantine, "reopen": w.reopen, "lose": w.lose,
		})
		closed = true
		w.close(t)
		w.auditAgrees(t)
		w.tellsNothing(t)
	})
}

// holds is what must be true after every step: P-403, P-404, P-405.
func (w *engineWorld) holds(t *rapid.T) {
	var used gpu.Bytes
	for id, s := range w.shards {
		used = used.AddSat(gpu.BytesOf(len(s.bytes)))
		info, err := w.e.Shard(id)
		if err != nil || info.Handle.Digest != s.handle.Digest || info.Handle.Generation != s.handle.Generation {
			t.Fatalf("P-403: shard %s is %+v, %v", id, info, err)
		}
		if (info.Reason != "") != s.failed {
			t.Fatalf("P-403: shard %s has failed: %v, and its reason is %q", id, s.failed, info.Reason)
		}
	}
	if got := len(w.e.Shards()); got != len(w.shards) {
		t.Fatalf("P-403: %d shards, want %d", got, len(w.shards))
	}
	d := w.e.Devices()[0]
	if !w.dirty && d.Used != used || d.Used < used || d.Mapped != w.control.Mapped() {
		t.Fatalf("P-403: the ledger has %d used and %d mapped; the shards are %d, the device maps %d",
			uint64(d.Used), uint64(d.Mapped), uint64(used), uint64(w.control.Mapped()))
	}
	if (d.State == "quarantined") != w.dirty || d.State != "active" && !w.dirty {
		t.Fatalf("the device is %s (%s)", d.State, d.Reason)
	}
	if d.Mapped > deviceMemory || d.Used > d.Mapped || d.Mapped.AddSat(d.Available) > deviceMemory {
		t.Fatalf("P-404: %+v", d)
	}
	if n, err := w.control.Dirty(); n != 0 || err != nil {
		t.Fatalf("P-405: %d bytes were freed and not scrubbed, %v", uint64(n), err)
	}
}

// auditAgrees checks P-407: the log is valid and tells of every shard that was
// sealed and given back.
func (w *engineWorld) auditAgrees(t *rapid.T) {
	dir := filepath.Join(w.dir, "audit")
	if _, err := audit.Verify(dir, audit.VerifyOptions{}); err != nil {
		t.Fatalf("P-407: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("P-407: no log: %v", err)
	}
	sealed, freed := map[string]int{}, map[string]int{}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var r struct {
				Kind   string
				Fields struct {
					ShardID string `json:"shard_id"`
				}
			}
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				t.Fatalf("P-407: %v", err)
			}
			w.said.say(lines.Text())
			switch r.Kind {
			case "VramSealed":
				sealed[r.Fields.ShardID]++
			case "VramDeallocated":
				freed[r.Fields.ShardID]++
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for id, n := range w.sealed {
		if sealed[id] < n {
			t.Fatalf("P-407: %s was sealed %d times, the log says %d", id, n, sealed[id])
		}
		if freed[id] < sealed[id] {
			t.Fatalf("P-407: %s was sealed %d times and given back %d times", id, sealed[id], freed[id])
		}
	}
}

// tellsNothing checks P-408 on all that was said, logged and recorded.
func (w *engineWorld) tellsNothing(t *rapid.T) {
	text := w.said.text()
	secrets := []string{worker, hex.EncodeToString([]byte(worker))}
	for seed := range uint64(4) {
		p := content(32, seed)
		secrets = append(secrets, string(p[:12]), hex.EncodeToString(p[:8]))
	}
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Fatal("P-408: a secret was told")
		}
	}
	if at := regexp.MustCompile(`0x[0-9a-f]{8,}`).FindString(text); at != "" {
		t.Fatalf("P-408: an address was told: %s", at)
	}
}
