package vram

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestADriverCallThatHangs blocks the thread of its device, and nothing else.
// Whoever waits for that device waits until his context ends; what needs no
// device is answered at once, and the other device serves. When the call comes
// back everything goes on. Close, in the meantime, waits for the call for 30
// seconds at most and then says that the device is lost; the test does not wait
// for that.
func TestADriverCallThatHangs(t *testing.T) {
	m := newFake(t, shape{devices: 2})
	t.Logf("backend: %s", m.name())
	e := openOn(t, m)
	p := randomBytes(5000)
	on := func(device int, id string) SealRequest {
		return SealRequest{ID: id, Device: device, Source: bytes.NewReader(p), Size: gpu.BytesOf(len(p))}
	}
	for device, id := range []string{"a", "b"} {
		if _, err := e.Seal(t.Context(), on(device, id)); err != nil {
			t.Fatal(err)
		}
	}
	// Of what is asked here, only a seal comes to this function.
	m.control.ClearLog()
	m.control.Hang("cuMemGetInfo_v2")
	hung := make(chan error, 1)
	go func() {
		_, err := e.Seal(t.Context(), on(0, "hangs"))
		hung <- err
	}()
	for !slices.Contains(m.control.Calls(), "cuMemGetInfo_v2") {
		runtime.Gosched()
	}

	waiting := make(chan error, 2)
	gone, cancel := context.WithCancel(t.Context())
	go func() { _, err := e.Verify(gone, "a"); waiting <- err }()
	go func() {
		_, err := e.Execute(gone, ExecuteRequest{Shards: []string{"a"}}, func(context.Context, *Run) error { return nil })
		waiting <- err
	}()
	if st := e.Status(); st.State != "running" || len(st.Devices) != 2 || st.Shards.Sealed != 2 || st.Shards.Loading != 1 {
		t.Errorf("status: %+v", st)
	}
	if len(e.Shards()) != 3 || len(e.Incidents()) != 0 {
		t.Errorf("shards: %+v", e.Shards())
	}
	if results, err := e.Verify(t.Context(), "b"); err != nil || len(results) != 1 {
		t.Errorf("verify on the other device: %v", err)
	}
	if _, err := e.Execute(t.Context(), ExecuteRequest{Shards: []string{"b"}}, func(context.Context, *Run) error { return nil }); err != nil {
		t.Errorf("execute on the other device: %v", err)
	}
	if err := e.Release(t.Context(), "b"); err != nil {
		t.Errorf("release on the other device: %v", err)
	}
	cancel()
	for range 2 {
		if err := <-waiting; !errors.Is(err, ErrCanceled) {
			t.Errorf("who gave up waiting for the device got %v", err)
		}
	}

	closed := make(chan error, 1)
	go func() { closed <- e.Close(t.Context()) }()
	m.control.Unhang()
	if err := <-hung; err != nil && !errors.Is(err, ErrStopped) {
		t.Errorf("the seal that hung: %v", err)
	}
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if err := m.left(); err != nil {
		t.Error(err)
	}
	if n, err := m.dirty(); n != 0 || err != nil {
		t.Errorf("%d bytes are not scrubbed, %v", uint64(n), err)
	}
}

// TestAStalledDevice does its work later: copies and kernels do not progress.
// Requests wait, and are then answered as ever.
func TestAStalledDevice(t *testing.T) {
	m := fakeAs(t, cudatest.Config{})
	t.Logf("backend: %s", m.name())
	bubbleOn(t, m, func(t *testing.T, s *scenario) {
		sealBytes(t, s.e, smallID, s.small)
		sealBytes(t, s.e, largeID, s.large)
		m.control.ClearLog()
		m.control.Stall(0)
		answers := make(chan error, 2)
		go func() { answers <- s.verify() }()
		go func() { answers <- s.execute() }()
		for m.calls() == 0 {
			runtime.Gosched()
		}
		select {
		case err := <-answers:
			t.Errorf("answered by a device that stands still: %v", err)
		default:
		}
		if st := s.e.Status(); st.State != "running" || st.Devices[0].State != "active" {
			t.Errorf("status: %+v", st)
		}
		m.control.Unstall(0)
		for range 2 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		s.ended()
	})
}
