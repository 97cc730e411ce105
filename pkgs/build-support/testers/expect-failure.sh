# expect-failure TOOLS BUILDER ARGUMENT…: runs a builder that has to fail, and keeps what it leaves.
# TOOLS is the directory of coreutils' programs: the builder makes its own PATH.

tools="$1"
shift
"$@" 2>&1 | "$tools/tee" "$NIX_BUILD_TOP/.log"
status="${PIPESTATUS[0]}"
if ((status == 0)); then
  echo "testBuildFailure: the builder did not fail, but a failure was expected" >&2
  exit 1
fi
echo "testBuildFailure: the builder failed with exit code $status, as expected"
PATH="$tools"
if [ -e "$out" ]; then mv "$out" "$NIX_BUILD_TOP/.result"; fi
mkdir "$out"
if [ -e "$NIX_BUILD_TOP/.result" ]; then mv "$NIX_BUILD_TOP/.result" "$out/result"; fi
cp "$NIX_BUILD_TOP/.log" "$out/testBuildFailure.log"
echo "$status" > "$out/testBuildFailure.exit"
for output in $outputs; do
  if [ ! -e "${!output}" ]; then mkdir "${!output}"; fi
done
