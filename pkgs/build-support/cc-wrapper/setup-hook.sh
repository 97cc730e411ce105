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

export CC=gcc CXX=g++ LD=ld AR=ar RANLIB=ranlib NM=nm STRIP=strip OBJCOPY=objcopy OBJDUMP=objdump
