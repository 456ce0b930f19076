package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/cockroachdb/errors"

	"github.com/vram-engine/vram-engine/benchmarks/internal/draw"
	"github.com/vram-engine/vram-engine/benchmarks/internal/report"
)

// plotVerb is the first argument that asks for pictures of an earlier run.
const plotVerb = "plot"

// plotFile draws what a stored report holds: RESULT.json FOLDER.
func plotFile(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: benchmarks plot RESULT.json FOLDER")
	}
	content, err := os.ReadFile(args[0])
	if err != nil {
		return errors.Wrap(err, "RESULT.json")
	}
	var r report.Report
	if err := json.Unmarshal(content, &r); err != nil {
		return errors.Wrap(err, "RESULT.json")
	}
	return pictures(&r, args[1])
}

func pictures(r *report.Report, dir string) error {
	paths, err := draw.All(r, dir)
	for _, path := range paths {
		fmt.Fprintf(os.Stderr, "written: %s\n", path)
	}
	return err
}
