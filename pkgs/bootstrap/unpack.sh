# Unpacks Debian packages into ./root and gathers what a store path holds in $out: programs in bin/,
# libraries in lib/, headers in include/. What Debian puts below a directory of the processor's name
# comes up one level, since a store path is for one processor only.

# unpack PACKAGE…
unpack() {
  mkdir -p root
  for package in "$@"; do
    ar p "$package" data.tar.xz | tar x -J -f - -C root
  done
}

# gather DIRECTORY…  NAME: copies the contents of those directories that are there to $out/NAME
gather() {
  local name=
  for name in "$@"; do :; done
  local target="$out/$name"
  mkdir -p "$target"
  while [ $# -gt 1 ]; do
    if [ -d "root/$1" ]; then cp -a "root/$1/." "$target/"; fi
    shift
  done
}

# Links into Debian's directories: what they name lies beside them now. What is not here is left out.
mend_links() {
  find "$1" -type l | while read -r link; do
    if [ -e "$link" ]; then continue; fi
    local name="$(basename "$(readlink "$link")")"
    rm "$link"
    if [ -e "$(dirname "$link")/$name" ]; then ln -s "$name" "$link"; fi
  done
}

is_elf() {
  [ "$(head -c 4 "$1" | od -An -tx1 | tr -d ' \n')" = 7f454c46 ]
}

# relocate LIBRARIES: has every program and library below $out look for libraries in $out/lib and in
# the directories given (parted by colons), as far as it needs them
relocate() {
  local libraries="$1"
  find "$out" -type f | while read -r file; do
    if ! is_elf "$file"; then continue; fi
    case "$file" in *.o | *.a) continue ;; esac
    chmod u+w "$file"
    if $patchelf --print-interpreter "$file" > /dev/null 2>&1; then
      $patchelf --set-interpreter "$loader" "$file"
    fi
    if [ -n "$($patchelf --print-needed "$file" 2> /dev/null)" ]; then
      $patchelf --set-rpath "$out/lib:$libraries" "$file"
      $patchelf --shrink-rpath "$file"
    fi
  done
}
