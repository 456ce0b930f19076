package actors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
)

func TestHubNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub()
		ctx, cancel := context.WithCancel(t.Context())
		slow, quick := h.listen(ctx), h.listen(t.Context())
		for i := range 1000 {
			h.publish(Event{Kind: EventSealed, Shard: strconv.Itoa(i)})
			if e := <-quick; e.Shard != strconv.Itoa(i) || e.Time.IsZero() {
				t.Fatalf("event %d is %+v", i, e)
			}
		}
		for i := range listenerRoom {
			if e := <-slow; e.Shard != strconv.Itoa(i) {
				t.Fatalf("event %d is %+v", i, e)
			}
		}
		h.publish(Event{Kind: EventSealed, Shard: "next"})
		if e := <-slow; e.Kind != EventLost || e.Detail != strconv.Itoa(1000-listenerRoom) {
			t.Errorf("got %+v", e)
		}
		if e := <-slow; e.Shard != "next" {
			t.Errorf("got %+v", e)
		}
		cancel()
		if _, open := <-slow; open {
			t.Error("an event after the context's end")
		}
		<-quick
		h.close()
		h.close()
		if _, open := <-quick; open {
			t.Error("an event after the end")
		}
		h.publish(Event{})
		if _, open := <-h.listen(t.Context()); open {
			t.Error("an event of a closed hub")
		}
	})
}

func TestWorkerGate(t *testing.T) {
	w := &worker{}
	if w.serves() != nil || w.restart() {
		t.Error("a new worker does not run")
	}
	w.stop("first")
	w.stop("second")
	if err := w.serves(); !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), "first") || !strings.Contains(err.Error(), "worker restart") {
		t.Errorf("got %v", err)
	}
	if state, reason := w.state(); state != "stopped" || reason != "first" {
		t.Errorf("%s: %s", state, reason)
	}
	if !w.restart() || w.restart() || w.serves() != nil {
		t.Error("restart")
	}
}

func TestCaseBook(t *testing.T) {
	b := &caseBook{}
	now := time.Now()
	first := b.open(Incident{Shard: "a", Time: now})
	second := b.open(Incident{Shard: "a", Time: now.Add(1)})
	if first.ID == second.ID || len(b.list()) != 2 {
		t.Errorf("%+v %+v", first, second)
	}
	if got, ok := b.ofShard("a", now); !ok || got != first {
		t.Errorf("found %+v", got)
	}
	if _, ok := b.ofShard("a", now.Add(2)); ok {
		t.Error("found one of another time")
	}
	if _, ok := b.ofShard("b", now); ok {
		t.Error("found one of another shard")
	}
	b.list()[0].Shard = "changed"
	if b.list()[0].Shard != "a" {
		t.Error("the list is not a copy")
	}
}

// TestSlogAdapter shows levels and plain attributes, and no value of a panic or message.
func TestSlogAdapter(t *testing.T) {
	var out bytes.Buffer
	h := hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: &out})
	log := newSlog(h).With("id", "S1", "secret", []byte("hidden")).WithGroup("g")
	for level, name := range map[slog.Level]string{slog.LevelDebug - 1: "[TRACE]", slog.LevelWarn: "[WARN]", slog.LevelError: "[ERROR]"} {
		out.Reset()
		log.Log(t.Context(), level, "text", "n", 7, "d", time.Second, "b", true, "reason", "hidden", "exception", 12345, "message", "hidden",
			"any", struct{ x string }{"hidden"}, "err", errors.New("hidden"), slog.Group("group", "x", "hidden"), "text", "hidden")
		got := out.String()
		for _, want := range []string{name, "text", "id=S1", "g.n=7", "g.d=1s", "g.b=true"} {
			if !strings.Contains(got, want) {
				t.Errorf("%q lacks %q", got, want)
			}
		}
		if strings.Contains(got, "hidden") || strings.Contains(got, "12345") {
			t.Errorf("%q shows what it must not", got)
		}
	}
	h.SetLevel(hclog.Error)
	out.Reset()
	log.Warn("quiet")
	h.SetLevel(hclog.Off)
	log.Error("silent")
	if out.Len() > 0 {
		t.Errorf("wrote %q", out.String())
	}
}

func TestErrorsUnwrap(t *testing.T) {
	cause := errors.New("cause")
	for _, err := range []error{fail(ErrConflict, "x", "more %d", 1), wrap(ErrConflict, "x", cause), fmt.Errorf("deep: %w", wrap(ErrConflict, "", cause))} {
		var ours *Error
		if !errors.Is(err, ErrConflict) || !errors.As(err, &ours) || errors.Is(err, ErrNotFound) {
			t.Errorf("%v", err)
		}
	}
	if !errors.Is(wrap(ErrConflict, "", cause), cause) {
		t.Error("the cause is lost")
	}
}
