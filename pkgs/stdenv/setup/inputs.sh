# What a build depends on: finds what its inputs propagate, sources their setup hooks, and makes their
# programs, headers and libraries known.
#
# An input has two offsets: where it runs (host) and what it makes code for (target), each -1 for the
# machine that builds, 0 for the one that the result runs on, 1 for the one that the result makes code
# for. Nixpkgs manual, "Specifying dependencies".

# By host and target offset, the variables with the inputs, and the files in nix-support by which a
# package propagates inputs.
readonly inputVariables=(
  "-1 -1 depsBuildBuild depsBuildBuildPropagated propagated-build-build-deps"
  "-1 0 nativeBuildInputs propagatedNativeBuildInputs propagated-native-build-inputs"
  "-1 1 depsBuildTarget depsBuildTargetPropagated propagated-build-target-deps"
  "0 0 depsHostHost depsHostHostPropagated propagated-host-host-deps"
  "0 1 buildInputs propagatedBuildInputs propagated-build-inputs"
  "1 1 depsTargetTarget depsTargetTargetPropagated propagated-target-target-deps"
)

# The inputs that were found, as "HOST TARGET PATH", in the order in which they act.
foundInputs=()
declare -A seenInputs=()
# The hooks to be run for each input of a host offset.
envHooksBuild=() envHooksHost=() envHooksTarget=()

# addEnvHooks HOST-OFFSET HOOK…: hooks that are called with the path of every input that runs there
addEnvHooks() {
  case "$1" in
    -1) envHooksBuild+=("${@:2}") ;;
    0) envHooksHost+=("${@:2}") ;;
    1) envHooksTarget+=("${@:2}") ;;
  esac
}

# An offset that is relative to an input, seen from here.
mapOffset() {
  local relative="$1" host="$2" target="$3"
  if ((relative <= 0)); then
    echo $((relative + host))
  else
    echo $((relative - 1 + target))
  fi
}

# findInput PATH HOST TARGET: notes an input and all that it propagates
findInput() {
  local path="$1" host="$2" target="$3"
  local key="$host $target $path"
  if [ -n "${seenInputs[$key]-}" ]; then return; fi
  seenInputs[$key]=1
  if [ ! -e "$path" ]; then die "the input $path does not exist"; fi
  foundInputs+=("$key")
  local line relativeHost relativeTarget file newHost newTarget propagated
  for line in "${inputVariables[@]}"; do
    read -r relativeHost relativeTarget _ _ file <<< "$line"
    if [ ! -f "$path/nix-support/$file" ]; then continue; fi
    newHost="$(mapOffset "$relativeHost" "$host" "$target")"
    newTarget="$(mapOffset "$relativeTarget" "$host" "$target")"
    if ((newHost < -1 || newHost > 1 || newTarget < -1 || newTarget > 1)); then continue; fi
    read -r -d '' propagated < "$path/nix-support/$file" || true
    for propagated in $propagated; do
      findInput "$propagated" "$newHost" "$newTarget"
    done
  done
}

# activateInput PATH HOST TARGET: its programs and its setup hook
activateInput() {
  local pkg="$1" hostOffset="$2" targetOffset="$3"
  if [ -f "$pkg" ]; then
    # A file is a setup hook itself.
    source "$pkg"
    return
  fi
  # Without strictDeps everything can be called, as if no build were a cross build.
  if ((hostOffset <= -1)) || [ -z "${strictDeps-}" ]; then
    addToSearchPath inputPath "$pkg/bin"
    addToSearchPath XDG_DATA_DIRS "$pkg/share"
  fi
  if ((hostOffset == 0)); then addToSearchPath HOST_PATH "$pkg/bin"; fi
  if [ -f "$pkg/nix-support/setup-hook" ]; then
    source "$pkg/nix-support/setup-hook"
  fi
}

# runEnvHooks INPUT…: what hooks are to know of inputs, as they are in foundInputs
runEnvHooks() {
  local found host pkg hook
  for found in "$@"; do
    read -r host _ pkg <<< "$found"
    if [ -z "${strictDeps-}" ]; then
      for hook in "${envHooksBuild[@]}" "${envHooksHost[@]}" "${envHooksTarget[@]}"; do
        "$hook" "$pkg"
      done
      continue
    fi
    case "$host" in
      -1) for hook in "${envHooksBuild[@]}"; do "$hook" "$pkg"; done ;;
      0) for hook in "${envHooksHost[@]}"; do "$hook" "$pkg"; done ;;
      1) for hook in "${envHooksTarget[@]}"; do "$hook" "$pkg"; done ;;
    esac
  done
}

setUpInputs() {
  local line host target own propagated variable path found
  local defaults=()
  concatTo defaults defaultNativeBuildInputs
  for line in "${inputVariables[@]}"; do
    read -r host target own propagated _ <<< "$line"
    for variable in "$own" "$propagated"; do
      while IFS= read -r path; do findInput "$path" "$host" "$target"; done < <(wordsOf "$variable")
    done
  done
  # What every build has is there to be called, not to be compiled against.
  local ofThisBuild=("${foundInputs[@]}")
  for path in "${defaults[@]}"; do findInput "$path" -1 0; done
  for found in "${foundInputs[@]}"; do
    read -r host target path <<< "$found"
    activateInput "$path" "$host" "$target"
  done
  runEnvHooks "${ofThisBuild[@]}"
  export PATH="${inputPath-}${inputPath:+:}$PATH"
}

# Writes what this package propagates, for those that depend on it.
recordPropagatedDependencies() {
  local line propagated file
  for line in "${inputVariables[@]}"; do
    read -r _ _ _ propagated file <<< "$line"
    if [ -z "$(wordsOf "$propagated")" ]; then continue; fi
    mkdir -p "${!outputDev}/nix-support"
    wordsOf "$propagated" | tr '\n' ' ' > "${!outputDev}/nix-support/$file"
  done
}
