package main

import (
	"context"
	"os/exec"
	"time"
)

// clocks is what nvidia-smi says of clocks, power and temperature. It only
// reads.
func clocks(ctx context.Context) string {
	within, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	out, err := exec.CommandContext(within, "nvidia-smi",
		"--query-gpu=name,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.limit,temperature.gpu,pcie.link.gen.current,pcie.link.width.current",
		"--format=csv,noheader").Output()
	if err != nil {
		return "unknown (nvidia-smi did not tell)"
	}
	return oneLine(string(out))
}
