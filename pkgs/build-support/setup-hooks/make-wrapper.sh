# makeWrapper PROGRAM WRAPPER OPTION…: a script that runs a program in another environment.
#
#   --argv0 NAME                        under another name
#   --inherit-argv0                     under the name by which the wrapper was called
#   --set VARIABLE VALUE                sets a variable
#   --set-default VARIABLE VALUE        unless it is set
#   --unset VARIABLE
#   --chdir DIRECTORY
#   --run COMMAND                       runs it first
#   --add-flags FLAGS                   words before the person's own
#   --add-flag FLAG                     one of them
#   --append-flags FLAGS                words behind them
#   --prefix VARIABLE SEPARATOR VALUE   puts it in front of a list, unless it is there
#   --suffix VARIABLE SEPARATOR VALUE
#   --prefix-each, --suffix-each VARIABLE SEPARATOR VALUES
#   --prefix-contents, --suffix-contents VARIABLE SEPARATOR FILES
makeWrapper() {
  local original="$1" wrapper="$2"
  shift 2
  if [ ! -x "$original" ] || [ -d "$original" ]; then
    echo "makeWrapper doesn't understand the first argument: $original is no program" >&2
    exit 1
  fi
  local name='"$0"' before=() after='' lines=() variable separator value each
  local nameIsOriginal=1
  _addToList() {
    # mode variable separator value. In quotes, since a slash would end the pattern.
    local list="\${$2:+'$3'\$$2'$3'}" own="'$3''$4''$3'"
    lines+=("$2=$list" "$2=\${$2/$own/'$3'}")
    if [ "$1" = prefix ]; then
      lines+=("$2='$4'\$$2" "$2=\${$2%'$3'}")
    else
      lines+=("$2=\$$2'$4'" "$2=\${$2#'$3'}")
    fi
    lines+=("export $2")
  }
  while (($# > 0)); do
    case "$1" in
      --argv0) name="$(printf %q "$2")"; nameIsOriginal=; shift 2 ;;
      --inherit-argv0) name='"$0"'; nameIsOriginal=; shift ;;
      --resolve-argv0) shift ;;
      --set) lines+=("export $2=$(printf %q "$3")"); shift 3 ;;
      --set-default) lines+=("export $2=\${$2-$(printf %q "$3")}"); shift 3 ;;
      --unset) lines+=("unset $2"); shift 2 ;;
      --chdir) lines+=("cd $(printf %q "$2")"); shift 2 ;;
      --run) lines+=("$2"); shift 2 ;;
      --add-flags) before+=("$2"); shift 2 ;;
      --add-flag) before+=("$(printf %q "$2")"); shift 2 ;;
      --append-flags) after+=" $2"; shift 2 ;;
      --append-flag) after+=" $(printf %q "$2")"; shift 2 ;;
      --prefix | --suffix) _addToList "${1#--}" "$2" "$3" "$4"; shift 4 ;;
      --prefix-each | --suffix-each)
        variable="${1%-each}"
        for each in $4; do _addToList "${variable#--}" "$2" "$3" "$each"; done
        shift 4
        ;;
      --prefix-contents | --suffix-contents)
        variable="${1%-contents}"
        for each in $4; do _addToList "${variable#--}" "$2" "$3" "$(cat "$each")"; done
        shift 4
        ;;
      *) echo "makeWrapper doesn't understand the option $1" >&2; exit 1 ;;
    esac
  done
  mkdir -p "$(dirname "$wrapper")"
  {
    echo "#! $SHELL -e"
    if ((${#lines[@]} > 0)); then printf '%s\n' "${lines[@]}"; fi
    if [ -n "$nameIsOriginal" ]; then
      echo "exec $(printf %q "$original") ${before[*]} \"\$@\"$after"
    else
      echo "exec -a $name $(printf %q "$original") ${before[*]} \"\$@\"$after"
    fi
  } > "$wrapper"
  chmod +x "$wrapper"
}

makeShellWrapper() {
  makeWrapper "$@"
}

# wrapProgram PROGRAM OPTION…: puts a wrapper in its place; the program becomes .PROGRAM-wrapped
wrapProgram() {
  local program="$1" hidden
  shift
  if [ ! -x "$program" ]; then
    echo "wrapProgram: $program is no program" >&2
    exit 1
  fi
  hidden="$(dirname "$program")/.$(basename "$program")-wrapped"
  while [ -e "$hidden" ]; do hidden+=_; done
  mv "$program" "$hidden"
  makeWrapper "$hidden" "$program" --inherit-argv0 "$@"
}

wrapProgramShell() {
  wrapProgram "$@"
}
