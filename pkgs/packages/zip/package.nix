{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "zip";
  version = "3.0";

  src = fetchurl {
    urls = [
      "mirror://sourceforge/infozip/zip30.tar.gz"
      "mirror://debian/pool/main/z/zip/zip_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-8Oi7H5t+sLAShUlaJpnfOkt2Z4TBdlqPGu7fY8CAY2k=";
  };

  dontConfigure = true;
  makefile = "unix/Makefile";
  buildFlags = [
    "generic"
    "CC=gcc"
  ];
  installFlags = [
    "prefix=${placeholder "out"}"
    "MANDIR=${placeholder "out"}/share/man/man1"
  ];

  meta = {
    description = "Compressor and archiver for zip files";
    homepage = "http://www.info-zip.org";
    license = lib.licenses.bsd3;
    mainProgram = "zip";
    platforms = lib.platforms.linux;
  };
})
