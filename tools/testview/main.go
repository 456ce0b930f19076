// Command testview reads the output of "go test -json" and shows what a
// person needs: each package's result, the whole output of tests that failed,
// every skipped test with its reason, and one closing line with the counts.
// It exits with status 1 when a test or a package failed.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	v := newView(out)
	err := v.read(os.Stdin)
	if err == nil {
		err = v.finish()
	}
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testview:", err)
		os.Exit(1)
	}
	if v.bad() {
		os.Exit(1)
	}
}
