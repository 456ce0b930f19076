// Command gen writes the binding of the driver's libraries from one list: the
// Go functions, types, constants and layouts of the packages beside this one,
// and the C header that the fake driver of the tests is compiled with. The
// list holds names and numbers of the binary interface; no file of the
// driver's maker is used.
//
//	gen ROOT
//
// ROOT is the folder that stands for the root of the repository.
package main

import (
	"fmt"
	"os"

	"github.com/cockroachdb/errors"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		_, printing := fmt.Fprintln(os.Stderr, "gen:", err)
		if printing != nil {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.Newf("usage: gen ROOT, the folder that stands for the root of the repository; got %d arguments", len(args))
	}
	files, err := generate(apis())
	if err != nil {
		return err
	}
	return write(args[0], files)
}
