# Several outputs: which one takes what. Nixpkgs manual, "Multiple-output packages".

# Which output is meant by "dev", "bin" …: the first of some that this derivation has.
_overrideFirst() {
  local variable="$1" each
  if [ -n "${!variable-}" ]; then return; fi
  for each in "${@:2}"; do
    if [ -n "${!each-}" ]; then
      printf -v "$variable" %s "$each"
      return
    fi
  done
}

_chooseOutputs() {
  if [ -z "${out-}" ]; then
    # The first output stands for what has no other place.
    read -r firstOutput < <(getAllOutputNames)
    : "${outputDefault:=$firstOutput}"
  fi
  _overrideFirst outputDev dev out "${outputDefault-}"
  _overrideFirst outputBin bin out "${outputDefault-}"
  _overrideFirst outputInclude "$outputDev"
  _overrideFirst outputLib lib out "${outputDefault-}"
  _overrideFirst outputDoc doc out "${outputDefault-}"
  _overrideFirst outputDevdoc devdoc REMOVE
  : "${outputDevdoc:=REMOVE}"
  _overrideFirst outputMan man "$outputBin"
  _overrideFirst outputDevman devman devdoc "$outputMan"
  _overrideFirst outputInfo info "$outputBin"
}

# Has configure put everything where it belongs from the start.
_multipleOutputFlags() {
  if [ "$(getAllOutputNames | wc -l)" -lt 2 ] || [ -z "${setOutputFlags-1}" ]; then return; fi
  # The name of the package, without its version.
  local own="${shareDocName-${pname-${name%%-[0-9]*}}}"
  prependToVar configureFlags \
    "--bindir=${!outputBin}/bin" "--sbindir=${!outputBin}/sbin" \
    "--includedir=${!outputInclude}/include" "--mandir=${!outputMan}/share/man" \
    "--infodir=${!outputInfo}/share/info" "--docdir=${!outputDoc}/share/doc/$own" \
    "--libdir=${!outputLib}/lib" "--libexecdir=${!outputLib}/libexec" \
    "--localedir=${!outputLib}/share/locale"
  prependToVar installFlags \
    "pkgconfigdir=${!outputDev}/lib/pkgconfig" \
    "m4datadir=${!outputDev}/share/aclocal" "aclocaldir=${!outputDev}/share/aclocal"
}

# moveToOutput PATTERN OUTPUT: moves what matches from all other outputs; REMOVE deletes it
moveToOutput() {
  local pattern="$1" destination="$2" name source each target
  while IFS= read -r name; do
    if [ "$name" = "$destination" ] || [ ! -d "${!name-}" ]; then continue; fi
    source="${!name}"
    # shellcheck disable=SC2086 # a pattern
    for each in "$source"/$pattern; do
      if [ ! -e "$each" ] && [ ! -L "$each" ]; then continue; fi
      if [ "$destination" = REMOVE ]; then
        echo "Removing $each"
        rm -r "$each"
      else
        target="${!destination}${each#"$source"}"
        echo "Moving $each to $target"
        mkdir -p "$(dirname "$target")"
        if [ -d "$each" ] && [ -d "$target" ]; then
          cp -a "$each/." "$target/"
          rm -r "$each"
        else
          mv "$each" "$target"
        fi
      fi
      # What became empty is of no use to anybody.
      rmdir -p --ignore-fail-on-non-empty "$(dirname "$each")" 2> /dev/null || true
    done
  done < <(getAllOutputNames)
}

_moveDocumentation() {
  moveToOutput share/info "${outputInfo}"
  moveToOutput share/doc "${outputDoc}"
  moveToOutput share/gtk-doc "${outputDevdoc}"
  moveToOutput share/devhelp/books "${outputDevdoc}"
  moveToOutput share/man "${outputMan}"
  moveToOutput share/man/man3 "${outputDevman}"
}

_moveDevelopment() {
  if [ "$(getAllOutputNames | wc -l)" -lt 2 ] || [ -z "${moveToDev-1}" ]; then
    return
  fi
  moveToOutput include "${outputInclude}"
  moveToOutput lib/pkgconfig "${outputDev}"
  moveToOutput share/pkgconfig "${outputDev}"
  moveToOutput lib/cmake "${outputDev}"
  moveToOutput share/aclocal "${outputDev}"
  moveToOutput 'lib/*.la' "${outputDev}"
  local file
  for file in "${!outputDev}"/{lib,share}/pkgconfig/*.pc; do
    if [ -f "$file" ]; then
      echo "Patching '$file' includedir to output ${!outputInclude}"
      sed -i "/^includedir=/s,=\${prefix},=${!outputInclude}," "$file"
    fi
  done
}

# Who has the headers wants the libraries as well.
_propagateOutputs() {
  if [ "$outputDev" = out ] || [ "$(getAllOutputNames | wc -l)" -lt 2 ]; then return; fi
  local output others=()
  if [ -n "${propagatedBuildOutputs+set}" ]; then
    concatTo others propagatedBuildOutputs
  else
    for output in "$outputInclude" "$outputLib" "$outputBin"; do
      if [ "$output" != "$outputDev" ] && [[ " ${others[*]} " != *" $output "* ]]; then
        others+=("$output")
      fi
    done
  fi
  mkdir -p "${!outputDev}/nix-support"
  for output in "${others[@]}"; do
    if [ -n "${!output-}" ]; then
      echo -n " ${!output}" >> "${!outputDev}/nix-support/propagated-build-inputs"
    fi
  done
}
