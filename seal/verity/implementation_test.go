package verity_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/vram-engine/vram-engine/seal/verity"
)

// wantVariable tells a process of this test which implementation it must have,
// and whether there must be a warning: "NAME" or "NAME!".
const wantVariable = "VRAM_ENGINE_TEST_IMPLEMENTATION"

// emulatorVariable is the command that executes a program for another
// processor, where the tests run under one.
const emulatorVariable = "VRAM_ENGINE_TEST_EMULATOR"

func TestImplementationIsAsAsked(t *testing.T) {
	want, warned := strings.CutSuffix(os.Getenv(wantVariable), "!")
	if want == "" {
		want = verity.Implementation() // of the automatic choice; it must not change
	}
	if got := verity.Implementation(); got != want {
		t.Errorf("Implementation() = %q, want %q", got, want)
	}
	warning := verity.ImplementationWarning()
	if (warning != "") != warned {
		t.Errorf("the warning is %q", warning)
	}
	if strings.Contains(warning, "nonsense") {
		t.Errorf("the warning repeats the value: %q", warning)
	}
}

// The golden vectors, the reference and the trees under each implementation,
// each in a process of its own.
func TestWholeFilesUnderEachImplementation(t *testing.T) {
	if os.Getenv(wantVariable) != "" {
		return // one of these processes
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	automatic := verity.Implementation()
	tests := []struct{ forced, debug, want string }{
		{"", "", automatic},
		{"go", "", "crypto/sha256"},
		{"shani", "", "sha-ni-2"},
		{"avx2", "", "avx2-8"},
		{"avx512vl", "", "avx512vl-8"},
		{"avx512", "", "avx512-16"},
		{"avx512zen5", "", "avx512-16-zen5"},
		{"avx512x2", "", "avx512-32"},
		{"nonsense", "", automatic + "!"},
		{"", "fips140=on", "crypto/sha256 (FIPS 140-3 mode)"},
		{"go", "fips140=on", "crypto/sha256 (FIPS 140-3 mode)"},
		{"avx2", "fips140=on", "crypto/sha256 (FIPS 140-3 mode)!"},
	}
	for _, tt := range tests {
		t.Run(tt.forced+tt.debug, func(t *testing.T) {
			t.Parallel()
			want := tt.want
			if tt.debug == "" && !verity.CanForce(tt.forced) {
				want = automatic + "!" // the processor lacks it
				t.Logf("this machine cannot execute %s", tt.forced)
			}
			run := "^(TestImplementationIsAsAsked|TestVectors|TestAgainstTheReference|TestNoAllocationPerBlock)$"
			args := append(strings.Fields(os.Getenv(emulatorVariable)), program, "-test.run="+run, "-test.count=1")
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Env = append(os.Environ(), verity.ForceVariable+"="+tt.forced, "GODEBUG="+tt.debug, wantVariable+"="+want)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v:\n%s", err, out)
			}
		})
	}
}
