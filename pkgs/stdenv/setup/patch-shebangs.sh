# Has scripts be run by interpreters of the store.

# patchShebangs [--build | --host] [--update] PATH…
patchShebangs() {
  local search=HOST_PATH update=
  while (($# > 0)); do
    case "$1" in
      --host) search=HOST_PATH ;;
      --build) search=PATH ;;
      --update) update=1 ;;
      --) shift; break ;;
      -*) die "unknown option $1" ;;
      *) break ;;
    esac
    shift
  done
  echo "patching script interpreter paths in $*"
  local file line interpreter arguments name found
  while IFS= read -r -d '' file; do
    if ! isScript "$file"; then continue; fi
    IFS= read -r line < "$file" || true
    line="${line#\#!}"
    read -r interpreter arguments <<< "$line"
    if [[ $interpreter == "$NIX_STORE"/* ]] && [ -z "$update" ]; then continue; fi
    case "$interpreter" in
      '') continue ;;
      */env)
        case "$arguments" in
          -S*) arguments="${arguments#-S}" ;;
          -* | *=*)
            echo "$file: unsupported interpreter directive \"$line\" (set dontPatchShebangs=1 and handle shebang patching yourself)" >&2
            exit 1
            ;;
        esac
        read -r name arguments <<< "$arguments"
        ;;
      *) name="$(basename "$interpreter")" ;;
    esac
    found="$(PATH="${!search}" type -P "$name" || true)"
    if [ -z "$found" ] && [ "$search" = HOST_PATH ]; then
      found="$(type -P "$name" || true)"
    fi
    if [ -z "$found" ] || [ "$found $arguments" = "$interpreter $arguments" ]; then continue; fi
    echo "$file: interpreter directive changed from \"$line\" to \"$found${arguments:+ }$arguments\""
    # Make must not think that the script was changed.
    touch --reference="$file" "$TMPDIR/patch-shebangs-time"
    sed -i -e "1 s|.*|#!$found${arguments:+ }${arguments//&/\\&}|" "$file"
    touch --reference="$TMPDIR/patch-shebangs-time" "$file"
    rm "$TMPDIR/patch-shebangs-time"
  done < <(find "$@" -type f -perm -0100 -print0)
}

_patchShebangsOfOutput() {
  if [ -z "${dontPatchShebangs-}" ] && [ -e "$prefix" ]; then patchShebangs "$prefix"; fi
}
