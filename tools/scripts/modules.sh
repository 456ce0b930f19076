#!/usr/bin/env bash
# Prints the folder of each Go module of this repository that holds our own
# code, one a line, the root first. The modules that only pin a tool
# (tools/golangci, tools/buf) are left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
find . \( -name .git -o -name .bin -o -name bin -o -name run -o -name testdata \) -prune -o -name go.mod -print |
	sed 's|/go.mod$||' | grep -Ev '^\./tools/(golangci|buf)$' | sort
