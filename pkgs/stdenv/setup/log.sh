# What a build says of itself.

# echoCmd NAME ARGUMENT…: a command that is about to run, in a form that a shell can read
echoCmd() {
  printf '%s:' "$1"
  shift
  printf ' %q' "$@"
  echo
}

# Ends the build with a message. (nixpkgs: `die`)
die() {
  echo "${FUNCNAME[1]:-build}: $*" >&2
  exit 1
}

nixErrorLog() { echo "ERROR: $*" >&"${NIX_LOG_FD:-2}"; }
nixWarnLog() { echo "Warning: $*" >&"${NIX_LOG_FD:-2}"; }
nixInfoLog() { if [ "${NIX_DEBUG:-0}" -ge 3 ]; then echo "$*" >&"${NIX_LOG_FD:-2}"; fi; }

# Tells Nix which phase begins: front ends fold the log by it.
showPhaseHeader() {
  echo "Running phase: $1"
  if [ -n "${NIX_LOG_FD-}" ]; then
    printf '@nix { "action": "setPhase", "phase": "%s" }\n' "$1" >&"$NIX_LOG_FD"
  fi
}

showPhaseFooter() {
  local seconds="$3"
  if ((seconds >= 30)); then
    echo "$1 completed in $((seconds / 60)) minutes $((seconds % 60)) seconds"
  fi
}
