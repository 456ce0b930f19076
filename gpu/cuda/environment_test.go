package cuda

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// surrounded is an environment of a test, which keeps what is set.
func surrounded(set map[string]string, lines ...string) surroundings {
	return surroundings{
		all: func() []string { return lines },
		set: func(name, value string) error {
			set[name] = value
			return nil
		},
	}
}

func TestUnsafeVariablesAreRefused(t *testing.T) {
	for _, line := range []string{
		"CUDA_INJECTION64_PATH=/tmp/secret.so", "CUDA_INJECTION32_PATH=/tmp/secret.so", "CUDA_INJECTION64_PATH=",
		"NVTX_INJECTION64_PATH=/tmp/secret.so", "NVTX_INJECTION32_PATH=/tmp/secret.so",
		"CUDA_ENABLE_COREDUMP_ON_EXCEPTION=1", "CUDA_ENABLE_USER_TRIGGERED_COREDUMP=1",
	} {
		set := map[string]string{}
		name, _, _ := strings.Cut(line, "=")
		_, err := prepareEnvironment(surrounded(set, "PATH=/bin", line, "LD_PRELOAD=/tmp/secret.so"))
		if !errors.Is(err, ErrEnvironment) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", line, err)
		}
		if len(set) != 0 {
			t.Errorf("%s: %v was set", line, set)
		}
	}
}

func TestVariablesAreNoted(t *testing.T) {
	tests := []struct {
		lines []string
		names []string
	}{
		{nil, nil},
		{[]string{"PATH=/bin", "HOME=/x", "no variable", "LD_PRELOADED=x", "CUDA_ENABLE_COREDUMP_ON_EXCEPTION=0", "CUDA_LAUNCH_BLOCKING=0"}, nil},
		{[]string{"LD_PRELOAD=/tmp/secret.so", "LD_AUDIT=secret", "LD_LIBRARY_PATH=/tmp/secret"}, []string{"LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD"}},
		{[]string{"CUDA_VISIBLE_DEVICES=GPU-secret", "CUDA_VISIBLE_DEVICES=GPU-secret"}, []string{"CUDA_VISIBLE_DEVICES"}},
		{[]string{"CUDA_DISABLE_PTX_JIT=1", "CUDA_MPS_PIPE_DIRECTORY=/tmp/secret"}, []string{"CUDA_DISABLE_PTX_JIT", "CUDA_MPS_PIPE_DIRECTORY"}},
	}
	for _, tt := range tests {
		set := map[string]string{}
		notes, err := prepareEnvironment(surrounded(set, tt.lines...))
		if err != nil {
			t.Errorf("%q: %v", tt.lines, err)
		}
		var names []string
		for _, note := range notes {
			name, _, _ := strings.Cut(note, " is set: ")
			names = append(names, name)
			if strings.Contains(note, "secret") {
				t.Errorf("%q shows a value", note)
			}
		}
		if !slices.Equal(names, tt.names) {
			t.Errorf("%q: notes %q, want those of %q", tt.lines, notes, tt.names)
		}
		if len(set) != 1 || set["CUDA_CACHE_DISABLE"] != "1" {
			t.Errorf("%q: set %v", tt.lines, set)
		}
	}
}

func TestEnvironmentThatCannotBeSet(t *testing.T) {
	broken := errors.New("no room")
	s := surroundings{all: func() []string { return nil }, set: func(string, string) error { return broken }}
	if _, err := prepareEnvironment(s); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if s := ownSurroundings(); len(s.all()) == 0 {
		t.Error("the process has no environment")
	}
}

func TestOldDriversAreRefused(t *testing.T) {
	for version, says := range map[int]string{11080: "CUDA 11.8", 11040: "CUDA 11.4", 0: "CUDA 0.0", 10020: "CUDA 10.2"} {
		if err := checkVersion(version); !errors.Is(err, ErrOldDriver) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "525") {
			t.Errorf("%d: %v", version, err)
		}
	}
	for _, version := range []int{12000, 12040, 13010} {
		if err := checkVersion(version); err != nil {
			t.Errorf("%d: %v", version, err)
		}
	}
}
