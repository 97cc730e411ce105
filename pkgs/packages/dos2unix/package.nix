{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "dos2unix";
  version = "7.4.3";

  src = fetchurl {
    urls = [
      "https://waterlan.home.xs4all.nl/dos2unix/dos2unix-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/d/dos2unix/dos2unix_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-to20GVba+TOChCOqMFEOAMEtKe9ZFucV6NTmlP5mynI=";
  };

  dontConfigure = true;
  makeFlags = [
    "prefix=${placeholder "out"}"
    "ENABLE_NLS="
    "CC=gcc"
  ];

  meta = {
    description = "Converts line breaks of text files";
    homepage = "https://waterlan.home.xs4all.nl/dos2unix.html";
    license = lib.licenses.bsd2;
    mainProgram = "dos2unix";
    platforms = lib.platforms.linux;
  };
})
