package vram

import (
	"bytes"
	"errors"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

// TestADriverThatLiesAboutResidency is a policy violation at the load and an
// incident later, for everything that it may lie about.
func TestADriverThatLiesAboutResidency(t *testing.T) {
	const memoryType, hostPointer, ordinal, rangeSize = 2, 4, 9, 12
	for name, lie := range map[string]func(c *cudatest.Control){
		"host memory":    func(c *cudatest.Control) { c.Lie(memoryType, 1) },
		"managed":        func(c *cudatest.Control) { c.Lie(attributeManaged, 1) },
		"host pointer":   func(c *cudatest.Control) { c.Lie(hostPointer, 4096) },
		"another device": func(c *cudatest.Control) { c.Lie(ordinal, 1) },
		"too short":      func(c *cudatest.Control) { c.Lie(rangeSize, 4096) },
		"elsewhere":      func(c *cudatest.Control) { c.LieLocation(1) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newFake(t, shape{devices: 2})
			t.Logf("backend: %s", m.name())
			bubbleOn(t, m, func(t *testing.T, s *scenario) {
				sealBytes(t, s.e, smallID, s.small)
				lie(m.control)
				if err := s.seal(largeID, s.large)(); !errors.Is(err, ErrPolicyViolation) || ExitStatus(err) != 4 {
					t.Errorf("seal: %v", err)
				}
				results, err := s.e.Verify(t.Context(), smallID)
				if !errors.Is(err, ErrIntegrityViolation) || len(results) != 1 || results[0].Reason != "residency" {
					t.Errorf("verify: %+v, %v", results, err)
				}
				m.clear()
				if n, err := s.e.ReleaseAll(t.Context()); n != 1 || err != nil {
					t.Errorf("released %d, %v", n, err)
				}
				s.gone()
				s.ended()
			})
		})
	}
}

// TestADriverThatDoesNotZero has the device quarantined by the release that
// finds it, and taken back when the driver zeroes again.
func TestADriverThatDoesNotZero(t *testing.T) {
	onEach(t, shape{memory: 8 << 20, clean: true}, func(t *testing.T, m machine) {
		bubbleOn(t, m, func(t *testing.T, s *scenario) {
			sealBytes(t, s.e, smallID, bytes.Repeat([]byte{1}, 5000))
			sealBytes(t, s.e, largeID, bytes.Repeat([]byte{2}, 300_000))
			before := s.e.Devices()[0]
			m.deny()
			for _, id := range []string{smallID, largeID} {
				if err := s.e.Release(t.Context(), id); err == nil {
					t.Errorf("%s: released without a scrub", id)
				}
			}
			if d := s.e.Devices()[0]; d.State != "quarantined" || d.Mapped != before.Mapped {
				t.Errorf("device: %+v", d)
			}
			if err := s.seal("other", s.small)(); !errors.Is(err, ErrQuarantined) {
				t.Errorf("seal: %v", err)
			}
			if err := s.e.UnquarantineDevice(t.Context(), 0, "tester"); err == nil {
				t.Error("a device that does not zero was taken into use")
			}
			m.clear()
			if err := s.e.UnquarantineDevice(t.Context(), 0, "tester"); err != nil {
				t.Error(err)
			}
			if d := s.e.Devices()[0]; d.State != "active" || d.Mapped != 0 || d.Used != 0 {
				t.Errorf("device: %+v", d)
			}
			sealBytes(t, s.e, smallID, s.small)
			s.ended()
		})
	})
}
