# Replaces texts in files. What is local to a function hides a variable of the build that may be asked
# for: hence the names.

# substituteStream NAME DESCRIPTION OPTION…: in the text of a variable; what `substitute` takes
substituteStream() {
  local -n _text="$1"
  local _description="$2"
  shift 2
  local _name _value _pattern _replacement _mode
  while (($# > 0)); do
    case "$1" in
      --replace | --replace-warn | --replace-fail | --replace-quiet)
        _mode="$1"
        _pattern="$2"
        _replacement="$3"
        shift 3
        if [[ $_text != *"$_pattern"* ]]; then
          case "$_mode" in
            --replace-fail)
              echo "substituteStream(): pattern $(printf %q "$_pattern") doesn't match anything in $_description" >&2
              return 1
              ;;
            --replace-quiet) ;;
            *) echo "substituteStream() in derivation ${name-}: WARNING: pattern $(printf %q "$_pattern") doesn't match anything in $_description" >&2 ;;
          esac
        fi
        _text="${_text//"$_pattern"/"$_replacement"}"
        ;;
      --subst-var)
        _name="$2"
        shift 2
        if [ -z "${!_name+set}" ]; then
          echo "substituteStream(): ERROR: the variable $_name is unset" >&2
          return 1
        fi
        _text="${_text//"@$_name@"/"${!_name}"}"
        ;;
      --subst-var-by)
        _name="$2"
        _value="$3"
        shift 3
        _text="${_text//"@$_name@"/"$_value"}"
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
  local _input="$1" _output="$2" _contents
  if [ ! -f "$_input" ]; then
    echo "substitute(): ERROR: file '$_input' does not exist" >&2
    return 1
  fi
  # A line break at the end must not be lost.
  _contents="$(cat "$_input" && printf x)"
  _contents="${_contents%x}"
  substituteStream _contents "file '$_input'" "${@:3}" || return 1
  if [ -e "$_output" ]; then chmod +w "$_output"; fi
  printf '%s' "$_contents" > "$_output"
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
  for file in "${files[@]}"; do substitute "$file" "$file" "$@" || return 1; done
}

_allFlags() {
  local _name
  # Names that a shell keeps for itself begin with a capital letter.
  for _name in $(compgen -e | grep -E '^[a-z][a-zA-Z0-9_]*$'); do
    printf '%s\n' "$_name"
  done
}

# substituteAll INPUT OUTPUT: @name@ of every variable of the environment with a small first letter
substituteAll() {
  local _options=() _name
  while IFS= read -r _name; do _options+=(--subst-var "$_name"); done < <(_allFlags)
  substitute "$1" "$2" "${_options[@]}"
}

substituteAllInPlace() {
  substituteAll "$1" "$1"
}
