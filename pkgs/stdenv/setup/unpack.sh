# The phases that bring sources: unpackPhase and patchPhase.

unpackCmdHooks+=(_defaultUnpack)
_defaultUnpack() {
  local file="$1" target
  if [ -d "$file" ]; then
    target="$(stripHash "$file")"
    if [ -e "$target" ]; then
      echo "Cannot copy $file to $target: destination already exists!" >&2
      return 1
    fi
    # Files of the store have the times of 1970; those copied get them, too.
    cp -r --preserve=timestamps -- "$file" "$target"
    return
  fi
  case "$file" in
    *.tar.xz | *.tar.lzma | *.txz) xz -dc -- "$file" | tar xf - --mode=+w --warning=no-timestamp ;;
    *.tar | *.tar.* | *.tgz | *.tbz2 | *.tbz) tar xf "$file" --mode=+w --warning=no-timestamp ;;
    *.zip)
      if ! type -p unzip > /dev/null; then
        echo "unpacking a .zip needs unzip in nativeBuildInputs" >&2
        return 1
      fi
      unzip -qq -- "$file"
      ;;
    *) return 1 ;;
  esac
}

unpackFile() {
  curSrc="$1"
  echo "unpacking source archive $curSrc"
  if ! runOneHook unpackCmd "$curSrc"; then
    echo "do not know how to unpack source archive $curSrc" >&2
    exit 1
  fi
}

unpackPhase() {
  runHook preUnpack
  if [ -z "$(wordsOf srcs)" ]; then
    if [ -z "${src-}" ]; then
      echo 'variable $src or $srcs should point to the source' >&2
      exit 1
    fi
    srcs="$src"
  fi
  local before=" $(ls -1Ap | tr '\n' ' ') " each
  while IFS= read -r each; do unpackFile "$each"; done < <(wordsOf srcs)

  : "${sourceRoot=}"
  if [ -n "${setSourceRoot-}" ]; then
    runOneHook setSourceRoot
  elif [ -z "$sourceRoot" ]; then
    for each in *; do
      if [ -d "$each" ] && [[ $before != *" $each/ "* ]]; then
        if [ -n "$sourceRoot" ]; then
          echo "unpacker produced multiple directories" >&2
          exit 1
        fi
        sourceRoot="$each"
      fi
    done
  fi
  if [ -z "$sourceRoot" ]; then
    echo "unpacker appears to have produced no directories" >&2
    exit 1
  fi
  echo "source root is $sourceRoot"
  if [ -z "${dontMakeSourcesWritable-}" ]; then chmod -R u+w -- "$sourceRoot"; fi
  runHook postUnpack
}

patchPhase() {
  runHook prePatch
  local each flags=()
  concatTo flags patchFlags=-p1
  while IFS= read -r each; do
    echo "applying patch $each"
    local decompress=cat
    case "$each" in
      *.gz) decompress='gzip -d' ;;
      *.bz2) decompress='bzip2 -d' ;;
      *.xz | *.lzma) decompress='xz -d' ;;
    esac
    $decompress < "$each" | patch "${flags[@]}"
  done < <(wordsOf patches)
  runHook postPatch
}
