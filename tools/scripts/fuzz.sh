#!/usr/bin/env bash
# Runs every fuzz target of every module for an equal share of a total time.
# The targets are found by asking each test binary for its list.
#
#   tools/scripts/fuzz.sh TOTAL_SECONDS [MAX_SECONDS_PER_TARGET]
#
# An input that fails is written to testdata/fuzz of its package, and from
# then on every "go test" runs it.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
total=${1:?usage: fuzz.sh TOTAL_SECONDS [MAX_SECONDS_PER_TARGET]}
most=${2:-$total}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The package folders with a fuzz target. Each step ends the script when it
# fails, so that no target is left out unseen.
modules=$(tools/scripts/modules.sh)
for module in $modules; do
	(cd "$module" && go list -f '{{.Dir}}{{range .TestGoFiles}} {{.}}{{end}}{{range .XTestGoFiles}} {{.}}{{end}}' ./...) >>"$work/packages"
done
while read -r folder files; do
	for f in $files; do
		if grep -q '^func Fuzz' "$folder/$f"; then
			echo "$folder" >>"$work/folders"
			break
		fi
	done
done <"$work/packages"
touch "$work/folders" "$work/targets"

# One line per target: package folder, test binary, target.
count=0
while read -r folder; do
	count=$((count + 1))
	binary=$work/$count.test
	# -fuzz makes the compiler add the coverage counters that guide fuzzing.
	(cd "$folder" && CGO_ENABLED=0 go test -c -fuzz=. -o "$binary" .)
	(cd "$folder" && "$binary" -test.list '^Fuzz') >"$work/list"
	grep '^Fuzz' "$work/list" | while read -r target; do echo "$folder $binary $target"; done >>"$work/targets"
done <"$work/folders"

targets=$(wc -l <"$work/targets")
if [ "$targets" -eq 0 ]; then
	echo "fuzz.sh: no fuzz target was found" >&2
	exit 1
fi
share=$((total / targets))
[ "$share" -lt 1 ] && share=1
[ "$share" -gt "$most" ] && share=$most
echo "fuzzing $targets targets for $share s each"

cache=$(go env GOCACHE)/fuzz
status=0
while read -r folder binary target; do
	echo "== ${folder#"$root"/} $target"
	package=$(cd "$folder" && go list .)
	(cd "$folder" && "$binary" -test.run='^$' -test.fuzz="^$target\$" -test.fuzztime="${share}s" \
		-test.fuzzminimizetime=5s -test.fuzzcachedir="$cache/$package" -test.timeout=0 </dev/null |
		tail -n 20) || status=1
done <"$work/targets"
if [ $status -ne 0 ]; then
	echo "Fuzzing found a failure. The input lies in testdata/fuzz of the package named above; commit it with the fix." >&2
fi
exit $status
