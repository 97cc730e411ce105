{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "pkgconf";
  version = "1.8.1";

  src = fetchurl {
    urls = [
      "https://distfiles.dereferenced.org/pkgconf/pkgconf-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/p/pkgconf/pkgconf_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-ZENhraKUK+BWVdRFLrAYeRZHwxu6Qpsofx9o3rLcaEA=";
  };

  # Builds ask for it by its older name.
  postInstall = "ln -s pkgconf $out/bin/pkg-config";

  setupHook = ./setup-hook.sh;

  meta = {
    description = "Package compiler and linker metadata toolkit";
    homepage = "https://github.com/pkgconf/pkgconf";
    license = lib.licenses.isc;
    mainProgram = "pkgconf";
    platforms = lib.platforms.linux;
  };
})
