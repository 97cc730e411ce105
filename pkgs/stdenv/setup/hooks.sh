# Hooks: pieces of shell that derivations and setup hooks add to phases. The hook `preBuild` is the
# function or variable of that name, and every element of the array `preBuildHooks`.

# _eval HOOK ARGUMENT…: a function by its name, or code
_eval() {
  if declare -F "$1" > /dev/null; then
    "$@"
  else
    eval "$1"
  fi
}

_callImplicitHook() {
  local default="$1" name="$2"
  shift 2
  if declare -F "$name" > /dev/null; then
    "$name" "$@"
  elif type -p "$name" > /dev/null; then
    source "$name"
  elif [ -n "${!name-}" ]; then
    eval "${!name}"
  else
    return "$default"
  fi
}

# runHook NAME ARGUMENT…: all that was added to a hook
runHook() {
  local hook="$1" each
  shift
  local -n added="${hook%Hook}Hooks"
  _callImplicitHook 0 "$hook" "$@"
  for each in "${added[@]}"; do
    if [ -n "$each" ]; then _eval "$each" "$@"; fi
  done
}

# runOneHook NAME ARGUMENT…: up to the first that succeeds
runOneHook() {
  local hook="$1" each
  shift
  local -n added="${hook%Hook}Hooks"
  if _callImplicitHook 1 "$hook" "$@"; then return 0; fi
  for each in "${added[@]}"; do
    if [ -n "$each" ] && _eval "$each" "$@"; then return 0; fi
  done
  return 1
}

exitHandler() {
  local status=$?
  if ((status != 0)); then
    if [ -n "${succeedOnFailure-}" ]; then
      echo "build failed with exit code $status (ignored)"
      mkdir -p "$out/nix-support"
      printf '%s' "$status" > "$out/nix-support/failed"
      exit 0
    fi
    runHook failureHook
  else
    runHook exitHook
  fi
  return "$status"
}
