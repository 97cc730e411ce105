# Takes symbols for debugging out of programs and libraries; `separateDebugInfo` keeps them beside.

_stripFiles() {
  local flags="$1" prefix="$2" directory
  shift 2
  for directory in "$@"; do
    if [ ! -d "$prefix/$directory" ]; then continue; fi
    echo "stripping (with command strip and flags $flags) in $prefix/$directory"
    # Links are stripped where they lead. Some files only look as if they could be stripped.
    # shellcheck disable=SC2086
    find "$prefix/$directory" -type f \( -perm /0111 -o -name '*.so*' -o -name '*.a' -o -name '*.o' \) \
      -exec strip $flags {} + 2> /dev/null || true
  done
}

_doStrip() {
  if [ -n "${dontStrip-}" ] || _holdsDebugInfo || ! type -p strip > /dev/null; then return; fi
  local debug=() all=()
  concatTo debug stripDebugList
  if ((${#debug[@]} == 0)); then debug=(lib lib32 lib64 libexec bin sbin); fi
  concatTo all stripAllList
  _stripFiles "${stripDebugFlags:--S -p}" "$prefix" "${debug[@]}"
  _stripFiles "${stripAllFlags:--s -p}" "$prefix" "${all[@]}"
}

# Whether this output is the one for symbols, which must keep them.
_holdsDebugInfo() {
  [ -n "${separateDebugInfo-}" ] && [ "$prefix" = "${debug-}" ]
}

# Keeps the symbols of what is about to be stripped, by build id, where debuggers look for them.
_separateDebugInfo() {
  if [ -z "${separateDebugInfo-}" ] || [ ! -d "$prefix" ] || _holdsDebugInfo; then return; fi
  local directory="${debug:?}/lib/debug/.build-id" file id
  while IFS= read -r -d '' file; do
    if ! isELF "$file"; then continue; fi
    id="$(readelf -n "$file" 2> /dev/null | sed -n 's/.*Build ID: \([0-9a-f]*\).*/\1/p')"
    if [ ${#id} -ne 40 ]; then continue; fi
    mkdir -p "$directory/${id:0:2}"
    objcopy --only-keep-debug "$file" "$directory/${id:0:2}/${id:2}.debug"
    strip --strip-debug "$file"
    objcopy --add-gnu-debuglink="$directory/${id:0:2}/${id:2}.debug" "$file" 2> /dev/null || true
  done < <(find "$prefix" -type f -print0)
}
