package actors

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vram-engine/vram-engine/gpu"
	"github.com/vram-engine/vram-engine/gpu/sim"
)

func TestHostMemoryIsLentAndGivenBack(t *testing.T) {
	var control *sim.Control
	live(t, func(t *testing.T, s *System, c *sim.Control) {
		control = c
		m, err := s.HostMemory(0, 4096)
		if err != nil || len(m.Bytes()) != 4096 || bytes.Count(m.Bytes(), []byte{0}) != 4096 {
			t.Fatalf("%v", err)
		}
		copy(m.Bytes(), content(4096))
		if text := fmt.Sprintf("%v %+v %#v %s %x %d", m, m, m, m, m, m); strings.Trim(strings.ReplaceAll(text, "page-locked memory", ""), " ") != "" {
			t.Errorf("it prints as %s", text)
		}
		if err := m.Wipe(100); err != nil || bytes.Count(m.Bytes()[:100], []byte{0}) != 100 || m.Bytes()[101] != content(4096)[101] {
			t.Errorf("100 bytes were to be wiped: %v", err)
		}
		second, err := s.HostMemory(0, 8192) // stays until the end
		if err != nil || c.HostMemory() != 12288 {
			t.Fatalf("%v, %v are lent", err, c.HostMemory())
		}
		t.Cleanup(func() {
			if second.Bytes() != nil {
				t.Error("it can still be used")
			}
		})
		if err := errors.Join(m.Close(), m.Close()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if c.HostMemory() != 8192 {
			t.Errorf("%v are lent", c.HostMemory())
		}
		if err := second.Close(); err != nil { // and the system stops while it is on its way
			t.Error(err)
		}
	})
	if control.HostMemory() != 0 {
		t.Errorf("%v of host memory leaked", control.HostMemory())
	}
}

func TestHostMemoryThatCannotBeHad(t *testing.T) {
	live(t, func(t *testing.T, s *System, c *sim.Control) {
		for _, index := range []int{-1, 1} {
			if _, err := s.HostMemory(index, 4096); !errors.Is(err, ErrNotFound) {
				t.Errorf("device %d: %v", index, err)
			}
		}
		if _, err := s.HostMemory(0, 0); !errors.Is(err, gpu.ErrInvalidValue) {
			t.Errorf("got %v", err)
		}
		c.Fail(sim.OpAllocHost, 1, gpu.ErrOutOfMemory, false)
		if _, err := s.HostMemory(0, 4096); !errors.Is(err, gpu.ErrOutOfMemory) {
			t.Errorf("got %v", err)
		}
		m, err := s.HostMemory(0, 4096)
		if err != nil {
			t.Fatal(err)
		}
		c.Fail(sim.OpFreeHost, 1, gpu.ErrUnknown, false) // it goes back with the device
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if m, err = s.HostMemory(0, 4096); err != nil {
			t.Fatal(err)
		}
		c.Lose()
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if _, err := s.HostMemory(0, 4096); !errors.Is(err, ErrDeviceLost) {
			t.Errorf("got %v", err)
		}
	})
}

// TestHostMemoryThatIsKept: the device is not closed under a source that is
// still read into its memory, and the end comes all the same.
func TestHostMemoryThatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, control := config(t)
		s, err := Start(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.HostMemory(0, 4096)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := s.Stop(t.Context()); !errors.Is(err, ErrDeviceLost) {
			t.Errorf("stop: %v", err)
		}
		if took := time.Since(begin); took < loanGrace || took > cleanUp || control.HostMemory() != 4096 {
			t.Errorf("stopped after %s with %v lent", took, control.HostMemory())
		}
		copy(m.Bytes(), content(4096))
		if err := m.Close(); err != nil || bytes.Count(m.Bytes(), []byte{0}) != len(m.Bytes()) {
			t.Error(err)
		}
		time.Sleep(throttle)
	})
}

// TestHostMemoryThatComesLate is given back while the system waits for it.
func TestHostMemoryThatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, control := config(t)
		s, err := Start(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.HostMemory(0, 4096)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(loanGrace / 2)
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		}()
		if err := s.Stop(t.Context()); err != nil {
			t.Errorf("stop: %v", err)
		}
		if left := control.Mapped(); left != 0 {
			t.Errorf("%v are mapped", left)
		}
		time.Sleep(throttle)
	})
}
