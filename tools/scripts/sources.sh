#!/usr/bin/env bash
# Prints the hand-written and generated Go files of all modules, one a line.
set -euo pipefail
cd "$(dirname "$0")/../.."
find . \( -name .git -o -name .bin -o -name bin -o -name run \) -prune -o -name '*.go' -print
