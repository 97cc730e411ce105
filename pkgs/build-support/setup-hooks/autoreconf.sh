# Writes the configure script of a source that comes without one.

preConfigurePhases="${preConfigurePhases:-} autoreconfPhase"

autoreconfPhase() {
  runHook preAutoreconf
  local flags=()
  concatTo flags autoreconfFlags='--install --force --verbose'
  # shellcheck disable=SC2068 # words that stand for the flags that are not given
  autoreconf ${flags[@]}
  runHook postAutoreconf
}
