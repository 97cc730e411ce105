# fixupPhase: what is done to every output.

_moveSbin() {
  if [ -n "${dontMoveSbin-}" ] || [ ! -d "$prefix/sbin" ] || [ -L "$prefix/sbin" ]; then return; fi
  echo "moving $prefix/sbin/* to $prefix/bin"
  mkdir -p "$prefix/bin"
  mv "$prefix/sbin"/* "$prefix/bin"
  rmdir "$prefix/sbin"
  ln -s bin "$prefix/sbin"
}

_moveLib64() {
  if [ -n "${dontMoveLib64-}" ] || [ ! -d "$prefix/lib64" ] || [ -L "$prefix/lib64" ]; then return; fi
  echo "moving $prefix/lib64/* to $prefix/lib"
  mkdir -p "$prefix/lib"
  mv "$prefix/lib64"/* "$prefix/lib"
  rmdir "$prefix/lib64"
  ln -s lib "$prefix/lib64"
}

_compressManPages() {
  if [ -n "${dontGzipMan-}" ] || [ ! -d "$prefix/share/man" ]; then return; fi
  echo "gzipping man pages under $prefix/share/man/"
  find "$prefix/share/man" -type f ! -name '*.gz' ! -name '*.bz2' ! -name '*.xz' \
    -exec gzip -n -f {} +
  # Links to pages lead to compressed ones now.
  local link target
  find "$prefix/share/man" -type l | while IFS= read -r link; do
    target="$(readlink "$link")"
    if [[ $link != *.gz ]] && [ ! -e "$link" ] && [ -e "$(dirname "$link")/$target.gz" ]; then
      rm "$link"
      ln -s "$target.gz" "$link.gz"
    fi
  done
}

# A library path names every package that was there when the program was linked. Those that it does
# not use would be kept with it; and what lay in the directory of the build lies in the output now.
_shrinkLibraryPaths() {
  if [ -n "${dontPatchELF-}" ] || ! type -p patchelf > /dev/null || [ ! -d "$prefix" ]; then return; fi
  echo "shrinking RPATHs of ELF executables and libraries in $prefix"
  local file
  while IFS= read -r -d '' file; do
    if [[ $file == *.o ]] || ! isELF "$file"; then continue; fi
    patchelf --shrink-rpath --allowed-rpath-prefixes "$NIX_STORE" "$file" 2> /dev/null || true
  done < <(find "$prefix" -type f \( -perm /0111 -o -name '*.so*' \) -print0)
}

# Archives of libtool name the directories of the build.
_pruneLibtoolFiles() {
  if [ -n "${dontPruneLibtoolFiles-}" ] || [ ! -d "$prefix" ]; then return; fi
  find "$prefix" -type f -name '*.la' -exec sed -i \
    -e "/^dependency_libs='[^']/s/.*/dependency_libs='' #pruned/" {} +
}

fixupOutputHooks+=(
  _separateDebugInfo
  _moveLib64
  _moveSbin
  _compressManPages
  _shrinkLibraryPaths
  _pruneLibtoolFiles
  _patchShebangsOfOutput
  _doStrip
)

fixupPhase() {
  local output
  while IFS= read -r output; do
    if [ -e "${!output-}" ]; then chmod -R u+w,u-s,g-s "${!output}"; fi
  done < <(getAllOutputNames)

  runHook preFixup
  _moveDocumentation
  _moveDevelopment
  while IFS= read -r output; do
    if [ -e "${!output-}" ]; then prefix="${!output}" runHook fixupOutput; fi
  done < <(getAllOutputNames)

  recordPropagatedDependencies
  _propagateOutputs
  if [ -n "${setupHook-}" ]; then
    mkdir -p "${!outputDev}/nix-support"
    substituteAll "$setupHook" "${!outputDev}/nix-support/setup-hook"
  fi
  if [ -n "${setupHooks-}" ]; then
    local hook
    mkdir -p "${!outputDev}/nix-support"
    while IFS= read -r hook; do
      cat "$hook" >> "${!outputDev}/nix-support/setup-hook"
    done < <(wordsOf setupHooks)
  fi
  if [ -n "$(wordsOf propagatedUserEnvPkgs)" ]; then
    mkdir -p "${!outputBin}/nix-support"
    wordsOf propagatedUserEnvPkgs | tr '\n' ' ' > "${!outputBin}/nix-support/propagated-user-env-packages"
  fi
  runHook postFixup
}
