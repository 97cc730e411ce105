# autoPatchelfHook: has programs that were built elsewhere find the loader of programs and their
# libraries in the store. Libraries are looked for in the outputs, then in what the build depends on.
#
#   autoPatchelfIgnoreMissingDeps  names of libraries that may be missing (patterns); 1 for all
#   runtimeDependencies            packages whose libraries programs open by themselves
#   appendRunpaths                 more directories at the end of library paths
#   dontAutoPatchelf               leaves everything as it is

declare -a autoPatchelfLibs extraAutoPatchelfLibs

gatherLibraries() {
  if [ -d "$1/lib" ]; then autoPatchelfLibs+=("$1/lib"); fi
}

addEnvHooks "$targetOffset" gatherLibraries

# addAutoPatchelfSearchPath DIRECTORY…: more directories with libraries
addAutoPatchelfSearchPath() {
  local directory
  for directory in "$@"; do
    while IFS= read -r -d '' directory; do
      extraAutoPatchelfLibs+=("$directory")
    done < <(find "$directory" \( -name '*.so' -o -name '*.so.*' \) -printf '%h\0' | sort -zu)
  done
}

# The class and the processor of an ELF file.
_elfKind() {
  od -An -tx1 -j4 -N1 "$1"
  od -An -tx1 -j18 -N2 "$1"
}

# _findLibrary NAME: sets `found` to the directory of a library, for files of `kind`
_findLibrary() {
  local directory
  for directory in "${own[@]}" "${extraAutoPatchelfLibs[@]}" "${autoPatchelfLibs[@]}" @libc@/lib; do
    if [ -e "$directory/$1" ] && [ "$(_elfKind "$directory/$1")" = "$kind" ]; then
      found="$directory"
      return 0
    fi
  done
  return 1
}

_mayBeMissing() {
  local ignored=() pattern
  concatTo ignored autoPatchelfIgnoreMissingDeps
  for pattern in "${ignored[@]}"; do
    # shellcheck disable=SC2053
    if [ "$pattern" = 1 ] || [[ $1 == $pattern ]]; then return 0; fi
  done
  return 1
}

# autoPatchelf PATH…: all programs and libraries below
autoPatchelf() {
  local file name found kind interpreter path directory missing=0 own=() files=()
  if [ "${1-}" = -- ]; then shift; fi
  while IFS= read -r -d '' file; do
    case "$file" in *.o | *.a) continue ;; esac
    if isELF "$file" && [ "$(_elfKind "$file")" = "$(_elfKind @loader@)" ]; then files+=("$file"); fi
  done < <(find "$@" -type f -print0)
  while IFS= read -r -d '' directory; do own+=("$directory"); done < <(
    find "$@" \( -name '*.so' -o -name '*.so.*' \) -printf '%h\0' | sort -zu
  )
  local atRuntime=() appended=()
  concatTo atRuntime runtimeDependencies
  concatTo appended appendRunpaths

  for file in "${files[@]}"; do
    kind="$(_elfKind "$file")"
    # What is linked statically needs nothing.
    if ! interpreter="$(patchelf --print-interpreter "$file" 2> /dev/null)"; then interpreter=; fi
    if [ -z "$interpreter" ] && [ -z "$(patchelf --print-needed "$file" 2> /dev/null)" ]; then continue; fi
    echo "auto-patchelf: $file"
    path=()
    if [ -n "$interpreter" ]; then
      patchelf --set-interpreter @loader@ "$file"
      for directory in "${atRuntime[@]}"; do path+=("${directory%/lib}/lib"); done
    fi
    for name in $(patchelf --print-needed "$file"); do
      if [ -e "$name" ]; then continue; fi
      if _findLibrary "$name"; then
        path+=("$found")
      elif _mayBeMissing "$name"; then
        echo "auto-patchelf: ignoring that $name is missing, which $file wants"
      else
        echo "auto-patchelf: could not satisfy dependency $name wanted by $file" >&2
        missing=1
      fi
    done
    path+=("${appended[@]}")
    if ((${#path[@]} > 0)); then
      patchelf --set-rpath "$(printf '%s\n' "${path[@]}" | awk '!seen[$0]++' | paste -sd :)" "$file"
    fi
  done
  if ((missing)); then
    echo "auto-patchelf: add the packages that have these libraries to buildInputs, or set autoPatchelfIgnoreMissingDeps" >&2
    exit 1
  fi
}

_autoPatchelfOutputs() {
  if [ -n "${dontAutoPatchelf-}" ]; then return; fi
  local output paths=()
  for output in $(getAllOutputNames); do
    if [ -e "${!output}" ]; then paths+=("${!output}"); fi
  done
  autoPatchelf -- "${paths[@]}"
}

postFixupHooks+=(_autoPatchelfOutputs)
