# Replaces texts in files.

# substituteStream NAME DESCRIPTION OPTION…: in the text of a variable; what `substitute` takes
substituteStream() {
  local -n text="$1"
  local description="$2"
  shift 2
  local name value pattern replacement mode
  while (($# > 0)); do
    case "$1" in
      --replace | --replace-warn | --replace-fail | --replace-quiet)
        mode="$1"
        pattern="$2"
        replacement="$3"
        shift 3
        if [[ $text != *"$pattern"* ]]; then
          case "$mode" in
            --replace-fail)
              echo "substituteStream(): pattern $(printf %q "$pattern") doesn't match anything in $description" >&2
              return 1
              ;;
            --replace-quiet) ;;
            *) echo "substituteStream() in derivation $name: WARNING: pattern $(printf %q "$pattern") doesn't match anything in $description" >&2 ;;
          esac
        fi
        text="${text//"$pattern"/"$replacement"}"
        ;;
      --subst-var)
        name="$2"
        shift 2
        if [ -z "${!name+set}" ]; then
          echo "substituteStream(): ERROR: the variable $name is unset" >&2
          return 1
        fi
        text="${text//"@$name@"/"${!name}"}"
        ;;
      --subst-var-by)
        name="$2"
        value="$3"
        shift 3
        text="${text//"@$name@"/"$value"}"
        ;;
      *)
        echo "substituteStream(): ERROR: Invalid command line argument: $1" >&2
        return 1
        ;;
    esac
  done
}

# substitute INPUT OUTPUT OPTION…
substitute() {
  local input="$1" output="$2" contents
  if [ ! -f "$input" ]; then
    echo "substitute(): ERROR: file '$input' does not exist" >&2
    return 1
  fi
  # A line break at the end must not be lost.
  contents="$(cat "$input" && printf x)"
  contents="${contents%x}"
  substituteStream contents "file '$input'" "${@:3}"
  if [ -e "$output" ]; then chmod +w "$output"; fi
  printf '%s' "$contents" > "$output"
}

# substituteInPlace FILE… OPTION…
substituteInPlace() {
  local files=() file
  while (($# > 0)) && [[ $1 != --* ]]; do
    files+=("$1")
    shift
  done
  if ((${#files[@]} == 0)); then
    echo "substituteInPlace(): ERROR: no files to operate on" >&2
    return 1
  fi
  for file in "${files[@]}"; do substitute "$file" "$file" "$@"; done
}

_allFlags() {
  local name
  # Names that a shell keeps for itself begin with a capital letter.
  for name in $(compgen -e | grep -E '^[a-z][a-zA-Z0-9_]*$'); do
    printf '%s\n' "$name"
  done
}

# substituteAll INPUT OUTPUT: @name@ of every variable of the environment with a small first letter
substituteAll() {
  local options=() name
  while IFS= read -r name; do options+=(--subst-var "$name"); done < <(_allFlags)
  substitute "$1" "$2" "${options[@]}"
}

substituteAllInPlace() {
  substituteAll "$1" "$1"
}
