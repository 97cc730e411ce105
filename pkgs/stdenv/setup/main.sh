# Puts a build together: the environment first, then the phases.

set -e
set -o pipefail
shopt -s extglob inherit_errexit

# Only what is needed to find the inputs; theirs come in front of it.
PATH=
initialPathEntries=()
concatTo initialPathEntries initialPath
for each in "${initialPathEntries[@]}"; do addToSearchPath PATH "$each/bin"; done
export PATH
unset each

export SHELL="${shell:?}" CONFIG_SHELL="${shell:?}"
export NIX_BUILD_CORES="${NIX_BUILD_CORES:-1}"
if ((NIX_BUILD_CORES <= 0)); then NIX_BUILD_CORES="$(nproc 2> /dev/null || echo 1)"; fi
: "${NIX_LOG_FD:=2}"
export TERM="${TERM:-dumb}"
# Times of files would make every result another one; 1980 is the first that zip can hold.
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-315532800}"
export TZ=UTC
export NIX_STORE="${NIX_STORE:-/nix/store}"

trap exitHandler EXIT

# Only structured attributes make this an associative array. They are no part of the environment.
if [[ "$(declare -p outputs 2> /dev/null)" == 'declare -A'* ]]; then
  __structuredAttrs=1
  for each in "${!outputs[@]}"; do export "$each=${outputs[$each]}"; done
  for each in "${!env[@]}"; do export "$each=${env[$each]}"; done
  unset each
fi
prefix="${prefix:-${out-}}"
_chooseOutputs
if [ -z "${prefix-}" ]; then prefix="${!outputDefault-}"; fi

if [ -n "${NIX_BUILD_TOP-}" ]; then
  # Programs that look for a home directory shall find that there is none.
  export HOME="${HOME:-/homeless-shelter}"
fi

if [ -n "${userHook-}" ]; then eval "$userHook"; fi
runHook preHook
setUpInputs
export HOST_PATH="${HOST_PATH-}${HOST_PATH:+:}$PATH"
_multipleOutputFlags
runHook postHook

# For `nix-shell` and for builds that were kept: what the environment was.
dumpVars() {
  if [ -z "${noDumpEnvVars-}" ] && [ -n "${NIX_BUILD_TOP-}" ]; then
    export -p > "$NIX_BUILD_TOP/env-vars" || true
  fi
}

definePhases() {
  if [ -n "${phases-}" ]; then return; fi
  phases="${prePhases[*]-} unpackPhase patchPhase ${preConfigurePhases[*]-} configurePhase"
  phases+=" ${preBuildPhases[*]-} buildPhase checkPhase ${preInstallPhases[*]-} installPhase"
  phases+=" ${preFixupPhases[*]-} fixupPhase installCheckPhase ${preDistPhases[*]-} distPhase"
  phases+=" ${postPhases[*]-}"
}

# Whether a derivation leaves a phase out.
_isSkipped() {
  case "$1" in
    unpackPhase) [ -n "${dontUnpack-}" ] ;;
    patchPhase) [ -n "${dontPatch-}" ] ;;
    configurePhase) [ -n "${dontConfigure-}" ] ;;
    buildPhase) [ -n "${dontBuild-}" ] ;;
    checkPhase) [ -z "${doCheck-}" ] ;;
    installPhase) [ -n "${dontInstall-}" ] ;;
    fixupPhase) [ -n "${dontFixup-}" ] ;;
    installCheckPhase) [ -z "${doInstallCheck-}" ] ;;
    distPhase) [ -z "${doDist-}" ] ;;
    *) false ;;
  esac
}

# runPhase NAME: a variable of that name comes before the function
runPhase() {
  local curPhase="$1" startTime=$SECONDS
  if _isSkipped "$curPhase"; then return; fi
  showPhaseHeader "$curPhase"
  dumpVars
  eval "${!curPhase:-$curPhase}"
  showPhaseFooter "$curPhase" "$startTime" $((SECONDS - startTime))
  if [ "$curPhase" = unpackPhase ]; then
    # A source that can be entered only by its owner was packed by mistake.
    if [ -n "${sourceRoot-}" ]; then chmod +x -- "$sourceRoot"; fi
    cd -- "${sourceRoot:-.}"
  fi
}

genericBuild() {
  if [ -f "${buildCommandPath-}" ]; then
    source "$buildCommandPath"
    return
  fi
  if [ -n "${buildCommand-}" ]; then
    eval "$buildCommand"
    return
  fi
  definePhases
  local each
  for each in ${phases[*]}; do runPhase "$each"; done
}
