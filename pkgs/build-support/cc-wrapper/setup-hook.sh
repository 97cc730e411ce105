# Has compilers find the headers and libraries of what a build depends on.

ccWrapperAddInputs() {
  if [ -d "$1/include" ]; then
    export NIX_CFLAGS_COMPILE="${NIX_CFLAGS_COMPILE-}${NIX_CFLAGS_COMPILE:+ }-isystem $1/include"
  fi
  if [ -d "$1/lib" ]; then
    export NIX_LDFLAGS="${NIX_LDFLAGS-}${NIX_LDFLAGS:+ }-L$1/lib"
  fi
}

addEnvHooks "$targetOffset" ccWrapperAddInputs

# Programs find the libraries of their own package.
if [ -z "${NIX_NO_SELF_RPATH-}" ] && [ -n "${!outputLib-}" ]; then
  export NIX_LDFLAGS="-rpath ${!outputLib}/lib${NIX_LDFLAGS:+ }${NIX_LDFLAGS-}"
fi

export CC=gcc CXX=g++ LD=ld AR=ar RANLIB=ranlib NM=nm STRIP=strip OBJCOPY=objcopy OBJDUMP=objdump
