# Variables that hold lists. Of an ordinary derivation they are words in one string, of one with
# structured attributes they are arrays; phases need not care which.

isArray() {
  local declaration
  declaration="$(declare -p "$1" 2> /dev/null)" && [[ $declaration =~ ^declare\ -[A-Zb-z]*a ]]
}

# appendToVar NAME VALUE…
appendToVar() {
  local -n variable="$1"
  if isArray "$1"; then
    variable+=("${@:2}")
  else
    variable="${variable-}${variable:+ }${*:2}"
  fi
}

# prependToVar NAME VALUE…
prependToVar() {
  local -n variable="$1"
  if isArray "$1"; then
    variable=("${@:2}" "${variable[@]}")
  else
    variable="${*:2}${variable:+ }${variable-}"
  fi
}

# concatTo ARRAY NAME…: appends what each variable holds. NAME=VALUE gives what an empty one stands
# for. A name that ends in `Array` is an array in any case.
concatTo() {
  local -n into="$1"
  local name default
  for name in "${@:2}"; do
    default=
    if [[ $name == *=* ]]; then
      default="${name#*=}"
      name="${name%%=*}"
    fi
    if isArray "$name"; then
      local -n array="$name"
      if ((${#array[@]} > 0)); then
        into+=("${array[@]}")
      elif [ -n "$default" ]; then
        into+=("$default")
      fi
    elif [ -n "${!name-}" ]; then
      # shellcheck disable=SC2206 # words of a string are what is wanted
      into+=(${!name})
    elif [ -n "$default" ]; then
      into+=("$default")
    fi
  done
}

# wordsOf NAME: the values of a list, one on each line
wordsOf() {
  local words=()
  concatTo words "$1"
  if ((${#words[@]} > 0)); then printf '%s\n' "${words[@]}"; fi
}

# addToSearchPathWithCustomDelimiter DELIMITER NAME DIRECTORY: where the directory is there
addToSearchPathWithCustomDelimiter() {
  if [ -d "$3" ]; then export "$2=${!2-}${!2:+$1}$3"; fi
}

addToSearchPath() {
  addToSearchPathWithCustomDelimiter : "$@"
}

# stripHash PATH: the name of a store path, without its hash
stripHash() {
  local name
  name="$(basename "$1")"
  if [[ $name =~ ^[a-z0-9]{32}- ]]; then name="${name:33}"; fi
  echo "$name"
}

# Names of the outputs, one on each line
getAllOutputNames() {
  if [ -n "${__structuredAttrs-}" ]; then
    printf '%s\n' "${!outputs[@]}"
  else
    # shellcheck disable=SC2086
    printf '%s\n' $outputs
  fi
}

isELF() {
  local magic
  IFS= read -r -n 4 magic < "$1" 2> /dev/null || return 1
  [ "$magic" = $'\177ELF' ]
}

isScript() {
  local magic
  IFS= read -r -n 2 magic < "$1" 2> /dev/null || return 1
  [ "$magic" = '#!' ]
}
