# Tells pkg-config of the packages that a build depends on.

pkgConfigAddInput() {
  addToSearchPath PKG_CONFIG_PATH "$1/lib/pkgconfig"
  addToSearchPath PKG_CONFIG_PATH "$1/share/pkgconfig"
}

addEnvHooks "$targetOffset" pkgConfigAddInput
