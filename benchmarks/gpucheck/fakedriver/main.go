// Command fakedriver builds the fake CUDA driver of the tests and prints the
// folder that it lies in, for make gpu-check FAKE=1.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/vram-engine/vram-engine/gpu/cuda/cudatest"
)

func main() {
	paths, err := cudatest.Build("")
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakedriver:", err)
		os.Exit(1)
	}
	if _, err := fmt.Fprintln(os.Stdout, filepath.Dir(paths.CUDA)); err != nil {
		os.Exit(1)
	}
}
