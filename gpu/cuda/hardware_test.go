//go:build hardware

package cuda_test

import (
	"flag"
	"testing"

	"github.com/vram-engine/vram-engine/gpu/cuda"
	"github.com/vram-engine/vram-engine/gpu/gputest"
)

var (
	hardwareCUDA   = flag.String("libcuda", "", "absolute path of libcuda.so.1; the usual places without it")
	hardwareNVML   = flag.String("nvml", "", "absolute path of libnvidia-ml.so.1; the usual places without it")
	hardwareDevice = flag.Int("device", 0, "which of the usable devices")
)

// TestHardware runs the conformance suite on a GPU of this machine. The
// hardware cannot be told to fail or to flip bits: the suite says which cases
// are not offered.
func TestHardware(t *testing.T) {
	for name, o := range map[string]cuda.Options{"own": {}, "primary": {PrimaryContext: true}} {
		t.Run(name, func(t *testing.T) {
			if *hardwareCUDA != "" {
				o.Libraries = []string{*hardwareCUDA}
			}
			if *hardwareNVML != "" {
				o.NVML = []string{*hardwareNVML}
			}
			b, err := cuda.New(o)
			if err != nil {
				t.Fatal(err)
			}
			gputest.Conformance(t, func(*testing.T) gputest.Harness {
				return gputest.Harness{Backend: b, Index: *hardwareDevice, PTX: gputest.PTX(), DriverScrubs: true}
			})
		})
	}
}
