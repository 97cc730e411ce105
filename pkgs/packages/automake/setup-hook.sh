# Has aclocal find the macros that inputs bring.

addAclocals() {
  addToSearchPath ACLOCAL_PATH "$1/share/aclocal"
}

addEnvHooks "$hostOffset" addAclocals
