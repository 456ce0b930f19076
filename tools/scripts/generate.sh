#!/usr/bin/env bash
# Generates the Go code of api/ from its protobuf files, or checks that what
# lies there is what would be generated. Works offline, on any state of the
# work tree.
#
#   tools/scripts/generate.sh write | check
set -euo pipefail
cd "$(dirname "$0")/../.."
mode=${1:?usage: generate.sh write|check}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

buf=$(tools/scripts/tool.sh buf)
mkdir "$work/bin"
for plugin in protoc-gen-go protoc-gen-connect-go; do
	binary=$(tools/scripts/tool.sh "$plugin")
	ln -s "$binary" "$work/bin/$plugin"
done
export PATH=$work/bin:$PATH

# Only the sources are copied, so that a generated file whose source is gone
# is seen as a difference.
generated=(-name '*.pb.go' -o -name '*.connect.go')
cp -r api "$work/api"
find "$work/api" -type f \( "${generated[@]}" \) -delete
(cd "$work/api" && "$buf" lint && "$buf" generate)
if [ -z "$(find "$work/api" -type f \( "${generated[@]}" \))" ]; then
	echo "generate.sh: buf generated nothing; look at api/buf.gen.yaml" >&2
	exit 1
fi

case $mode in
check)
	if ! diff -r -u api "$work/api"; then
		echo "The generated code in api/ is not what its sources give. Run: make generate" >&2
		exit 1
	fi
	echo "generated code is up to date"
	;;
write)
	find api -type f \( "${generated[@]}" \) -delete
	cp -r "$work/api/." api/
	;;
*)
	echo "generate.sh: unknown mode $mode" >&2
	exit 2
	;;
esac
