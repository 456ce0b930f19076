#!/usr/bin/env bash
# Compares two versions of this project with the Go benchmarks of gobench and
# benchstat. The two take turns, so that what disturbs the machine disturbs
# both. The benchmarks are those of this working tree for both versions.
#
#   benchmarks/compare.sh OLD [NEW]
#
# OLD and NEW are git revisions; without NEW it is the working tree. COUNT is
# how often each runs (10), BENCH which benchmarks (a regular expression).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
old=${1:?usage: make bench-compare OLD=REVISION [NEW=REVISION]}
new=${2:-}
count=${COUNT:-10}
bench=${BENCH:-.}

benchstat=$("$root/tools/scripts/tool.sh" benchstat)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# build NAME REVISION makes the test binary $dir/NAME.test.
build() {
	local tree=$root
	if [ -n "$2" ]; then
		tree=$dir/$1
		mkdir -p "$tree"
		git -C "$root" archive "$2" | tar -x -C "$tree"
		rm -rf "$tree/benchmarks"
		cp -r "$root/benchmarks" "$tree/benchmarks"
	fi
	echo "building $1 (${2:-working tree})" >&2
	go test -C "$tree/benchmarks" -c -o "$dir/$1.test" ./gobench
}
build old "$old"
build new "$new"

cd "$dir"
for i in $(seq "$count"); do
	order="old new"
	[ $((i % 2)) -eq 0 ] && order="new old"
	for version in $order; do
		echo "round $i of $count: $version" >&2
		"./$version.test" -test.run '^$' -test.bench "$bench" -test.benchtime "${BENCHTIME:-0.3s}" >>"$version.txt"
	done
done
"$benchstat" "old=old.txt" "new=new.txt"
