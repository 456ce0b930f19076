package cuda

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cockroachdb/errors"
)

// platform is what the operating system says about itself and the driver's
// kernel module, without a call of the driver.
type platform struct {
	windows bool     // Linux under Windows, whose driver may move device memory to the host
	module  bool     // the kernel module is loaded
	notes   []string // what an operator should know
}

// maxReport bounds what is read of a file of the system.
const maxReport = 1 << 20

// readPlatform looks at the files of the system below root, which is "/" but
// in tests. Files that are not there say nothing. One that cannot be read is a
// note, or an error if the kind of system depends on it.
func readPlatform(root string) (platform, error) {
	var p platform
	read := func(name string) string {
		text, err := readReport(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			p.notes = append(p.notes, "/"+name+" cannot be read, so what it says is not known")
		}
		return text
	}
	kernel, failed := readReport(filepath.Join(root, "proc/sys/kernel/osrelease"))
	p.windows = strings.Contains(strings.ToLower(kernel), "microsoft")
	switch _, err := os.Stat(filepath.Join(root, "dev/dxg")); {
	case err == nil:
		p.windows = true
	case !errors.Is(err, fs.ErrNotExist):
		failed = errors.Join(failed, err)
	}
	p.module = read("proc/driver/nvidia/version") != ""
	p.notes = append(p.notes, moduleNotes(read("proc/driver/nvidia/params"))...)
	if strings.TrimSpace(read("etc/ld.so.preload")) != "" {
		p.notes = append(p.notes, "/etc/ld.so.preload loads libraries into every process")
	}
	if strings.Contains(read("proc/self/maps"), "/libcuda.so") {
		p.notes = append(p.notes, "the CUDA driver was loaded in this process before; it may have read other settings from the environment")
	}
	if failed != nil {
		return platform{}, errors.Wrap(failed, "cuda: reading what the system says about the driver")
	}
	return p, nil
}

// readReport reads a file, or nothing if there is none.
func readReport(path string) (text string, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	content, err := io.ReadAll(io.LimitReader(file, maxReport))
	return string(content), err
}

// moduleNotes judges the parameters of the kernel module, as
// /proc/driver/nvidia/params shows them: lines of the form "Name: value".
func moduleNotes(params string) []string {
	var notes []string
	for line := range strings.Lines(params) {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.TrimSpace(name) {
		case "RegistryDwords", "RegistryDwordsPerDevice":
			if registryValue(value, "RMDisableScrubOnFree") != 0 {
				notes = append(notes, "the kernel module does not wipe memory that is freed (RMDisableScrubOnFree); what a crash leaves can be read by others")
			}
		case "CoherentGPUMemoryMode":
			if value != "" {
				notes = append(notes, "the kernel module's CoherentGPUMemoryMode is "+strconv.Quote(shorten(value)))
			}
		}
	}
	return notes
}

// registryValue finds a number in a list such as "A=1;pci=0000:01:00.0;B=0x2".
func registryValue(list, name string) uint64 {
	for entry := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ';' || r == ',' }) {
		key, value, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(key), name) {
			continue
		}
		number, err := strconv.ParseUint(strings.TrimSpace(value), 0, 64)
		if err != nil {
			return 1 // it is set to something; take it as switched on
		}
		return number
	}
	return 0
}

// shorten keeps a text of the system from filling a log.
func shorten(text string) string {
	const most = 64
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}
