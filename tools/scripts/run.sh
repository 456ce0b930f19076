#!/usr/bin/env bash
# Starts the daemon with a model sealed and patrolled.
#
#   MODEL=path   the model file; default: the sample model, made when absent
#   ARGS='...'   more arguments for "vram-engine serve"
#
# Data and socket lie in run/ (ignored by git). Without a GPU the daemon gets
# --sim, and this script says so.
set -euo pipefail
cd "$(dirname "$0")/../.."
umask 077

model=${MODEL:-bin/sample.safetensors}
if [ -z "${MODEL:-}" ] && [ ! -s "$model" ]; then
	echo "making the sample model $model"
	mkdir -p bin
	go run ./internal/sample/makesample "$model"
fi
if [ ! -f "$model" ] || [ ! -r "$model" ]; then
	echo "The model $model is no file that can be read. Name another one: make run MODEL=path" >&2
	exit 2
fi

mkdir -p run
arguments=(serve --data-dir run/data --socket run/vram-engine.sock --seal "$model" --patrol-interval 10s)
if ! bin/vram-engine devices --json 2>/dev/null | grep -Eq '"usable": *true'; then
	echo "No GPU can be used here (bin/vram-engine doctor says why), so the simulated device is used (--sim): the model lies in host memory, and every output says so."
	arguments+=(--sim)
fi
if [ -n "${ARGS:-}" ]; then
	read -ra more <<<"$ARGS"
	arguments+=("${more[@]}")
fi
echo "In another terminal: bin/vram-engine --socket run/vram-engine.sock status"

command=(bin/vram-engine "${arguments[@]}")
if [ ! -t 0 ]; then
	exec "${command[@]}"
fi
# On a terminal Ctrl-C goes to the whole foreground group, and make would end
# with an error however cleanly the daemon stopped. Job control gives the
# daemon a group of its own, so that only the daemon gets the signal and make
# reports its exit status. If this shell is killed the daemon is told to stop.
if command -v setpriv >/dev/null; then
	command=(setpriv --pdeathsig TERM "${command[@]}")
fi
set -m
"${command[@]}"
