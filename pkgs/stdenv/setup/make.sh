# The phases of most packages: configure, build, check, install, installCheck, dist.

configurePhase() {
  runHook preConfigure
  : "${configureScript=}"
  if [ -z "$configureScript" ] && [ -x ./configure ]; then configureScript=./configure; fi

  local flags=()
  concatTo flags configureFlags configureFlagsArray
  local script="${configureScript%% *}"
  if [ -n "$script" ] && [ -f "$script" ]; then
    if [ -z "${dontAddPrefix-}" ] && [ -n "$prefix" ]; then
      flags=("${prefixKey:---prefix=}$prefix" "${flags[@]}")
    fi
    if [ -z "${dontAddDisableDepTrack-}" ] && grep -q dependency-tracking "$script"; then
      flags=(--disable-dependency-tracking "${flags[@]}")
    fi
    if [ -z "${dontDisableStatic-}" ] && grep -q enable-static "$script"; then
      flags=(--disable-static "${flags[@]}")
    fi
    # It looks for libraries where this build has none.
    if [ -z "${dontFixLibtool-}" ]; then
      find . -iname ltmain.sh -exec sed -i \
        -e 's,^eval sys_lib_search_path=.*,sys_lib_search_path=,' \
        -e 's,^eval sys_lib_dlsearch_path=.*,sys_lib_dlsearch_path=,' {} +
    fi
  fi

  if [ -n "$configureScript" ]; then
    echoCmd 'configure flags' "${flags[@]}"
    $configureScript "${flags[@]}"
  else
    echo "no configure script, doing nothing"
  fi
  runHook postConfigure
}

# callMake NAME-OF-FLAGS…: make with the flags of this derivation and those of a phase
callMake() {
  local flags=(SHELL="$SHELL")
  concatTo flags makeFlags makeFlagsArray "$@"
  echoCmd "make flags" "${flags[@]}"
  make ${makefile:+-f "$makefile"} "${flags[@]}"
}

_jobs() {
  if [ -n "${1-}" ]; then printf -- '-j%s' "$NIX_BUILD_CORES"; fi
}

_hasMakefile() {
  [ -n "${makefile-}" ] || [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]
}

buildPhase() {
  runHook preBuild
  if [ -z "${makeFlags-}" ] && ! _hasMakefile; then
    echo "no Makefile or custom buildPhase, doing nothing"
  else
    local parallel
    parallel="$(_jobs "${enableParallelBuilding-}")"
    callMake parallel buildFlags buildFlagsArray
  fi
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  if ! _hasMakefile; then
    echo "no Makefile or custom checkPhase, doing nothing"
    runHook postCheck
    return
  fi
  if [ -z "${checkTarget-}" ]; then
    local target
    for target in check test; do
      if make -n ${makefile:+-f "$makefile"} $target > /dev/null 2>&1; then
        checkTarget=$target
        break
      fi
    done
  fi
  if [ -z "${checkTarget-}" ]; then
    echo "no check/test target in ${makefile:-Makefile}, doing nothing"
  else
    local parallel
    parallel="$(_jobs "${enableParallelChecking-${enableParallelBuilding-}}")"
    callMake parallel checkFlags=VERBOSE=y checkFlagsArray checkTarget
  fi
  runHook postCheck
}

installPhase() {
  runHook preInstall
  if [ -z "${makeFlags-}" ] && ! _hasMakefile; then
    echo "no Makefile or custom installPhase, doing nothing"
    runHook postInstall
    return
  fi
  if [ -n "$prefix" ]; then mkdir -p "$prefix"; fi
  local parallel
  parallel="$(_jobs "${enableParallelInstalling-${enableParallelBuilding-}}")"
  callMake parallel installFlags installFlagsArray installTargets=install
  runHook postInstall
}

installCheckPhase() {
  runHook preInstallCheck
  local target="${installCheckTarget:-installcheck}"
  if ! _hasMakefile || ! make -n ${makefile:+-f "$makefile"} "$target" > /dev/null 2>&1; then
    echo "no installcheck target, doing nothing"
  else
    callMake installCheckFlags installCheckFlagsArray target
  fi
  runHook postInstallCheck
}

distPhase() {
  runHook preDist
  callMake distFlags distFlagsArray distTarget=dist
  if [ -z "${dontCopyDist-}" ]; then
    mkdir -p "$out/tarballs"
    # shellcheck disable=SC2086 # patterns
    cp -pvd ${tarballs:-*.tar.gz} "$out/tarballs"
  fi
  runHook postDist
}
