{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "unzip";
  version = "6.0";

  src = fetchurl {
    urls = [
      "mirror://sourceforge/infozip/unzip60.tar.gz"
      "mirror://debian/pool/main/u/unzip/unzip_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-A22WmRZG0ESe0KqVLk++IbR2zplKvCduSdMOaGcIvTc=";
  };

  dontConfigure = true;
  makefile = "unix/Makefile";
  buildFlags = [
    "generic"
    "CC=gcc"
    "D_USE_BZ2="
  ];
  NIX_CFLAGS_COMPILE = "-DNO_LCHMOD";
  installFlags = [
    "prefix=${placeholder "out"}"
    "MANDIR=${placeholder "out"}/share/man/man1"
  ];

  meta = {
    description = "Extraction program for zip files";
    homepage = "http://www.info-zip.org";
    license = lib.licenses.bsd3;
    mainProgram = "unzip";
    platforms = lib.platforms.linux;
  };
})
