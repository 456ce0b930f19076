package cuda

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// system makes files as those of an operating system.
func system(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestPlatform(t *testing.T) {
	const quiet = "Mobile: 4294967295\nResmanDebugLevel: 4294967295\nRegistryDwords: \"\"\nRegistryDwordsPerDevice: \"\"\nRmMsg: \"\"\n"
	tests := []struct {
		name            string
		files           map[string]string
		windows, module bool
		notes           []string // a word of each
	}{
		{"nothing", nil, false, false, nil},
		{"linux", map[string]string{"proc/sys/kernel/osrelease": "6.8.0-45-generic\n", "proc/driver/nvidia/version": "NVRM version: 595.45.04\n", "proc/driver/nvidia/params": quiet}, false, true, nil},
		{"wsl by name", map[string]string{"proc/sys/kernel/osrelease": "5.15.167.4-Microsoft-standard-WSL2\n"}, true, false, nil},
		{"wsl by device", map[string]string{"dev/dxg": ""}, true, false, nil},
		{"no scrub", map[string]string{"proc/driver/nvidia/params": "RegistryDwords: \"A=1;RMDisableScrubOnFree=0x1\"\n"}, false, false, []string{"RMDisableScrubOnFree"}},
		{"no scrub on one device", map[string]string{"proc/driver/nvidia/params": "RegistryDwordsPerDevice: \"pci=0000:01:00.0,rmdisablescrubonfree = 1\"\n"}, false, false, []string{"RMDisableScrubOnFree"}},
		{"no scrub, oddly", map[string]string{"proc/driver/nvidia/params": "RegistryDwords: \"RMDisableScrubOnFree=yes\"\n"}, false, false, []string{"RMDisableScrubOnFree"}},
		{"scrub", map[string]string{"proc/driver/nvidia/params": "RegistryDwords: \"RMDisableScrubOnFree=0;XRMDisableScrubOnFree=1;RMDisableScrubOnFree\"\n"}, false, false, nil},
		{"coherent", map[string]string{"proc/driver/nvidia/params": "CoherentGPUMemoryMode: \"driver\"\n"}, false, false, []string{`"driver"`}},
		{"coherent, not set", map[string]string{"proc/driver/nvidia/params": "CoherentGPUMemoryMode: \"\"\nno colon\n"}, false, false, nil},
		{"preload", map[string]string{"etc/ld.so.preload": "/lib/x.so\n"}, false, false, []string{"ld.so.preload"}},
		{"empty preload", map[string]string{"etc/ld.so.preload": " \n"}, false, false, nil},
		{"loaded", map[string]string{"proc/self/maps": "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libcuda.so.595.45.04\n"}, false, false, []string{"loaded in this process before"}},
		{"unreadable", map[string]string{"proc/driver/nvidia/params/x": "", "etc/ld.so.preload/x": "", "proc/self/maps/x": ""}, false, false, []string{"/etc/ld.so.preload cannot", "/proc/driver/nvidia/params cannot", "/proc/self/maps cannot"}},
		{"long", map[string]string{"proc/driver/nvidia/params": "CoherentGPUMemoryMode: " + strings.Repeat("x", 5000) + "\n"}, false, false, []string{"xxx..."}},
	}
	for _, tt := range tests {
		got, err := readPlatform(system(t, tt.files))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got.windows != tt.windows || got.module != tt.module || len(got.notes) != len(tt.notes) {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		for _, word := range tt.notes {
			if !slices.ContainsFunc(got.notes, func(note string) bool {
				return strings.Contains(note, word) && len(note) < 200 && !strings.Contains(note, "7f00")
			}) {
				t.Errorf("%s: no note with %q: %q", tt.name, word, got.notes)
			}
		}
	}
}

func TestPlatformThatCannotBeRead(t *testing.T) {
	root := system(t, map[string]string{"proc/sys/kernel/osrelease/is a folder": ""})
	if got, err := readPlatform(root); err == nil || got.notes != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := readPlatform("/"); err != nil {
		t.Errorf("this machine: %v", err)
	}
}
