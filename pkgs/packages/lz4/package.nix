{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "lz4";
  version = "1.9.4";

  src = fetchurl {
    urls = [
      "https://github.com/lz4/lz4/archive/v${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/l/lz4/lz4_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-Cw46oHyMBj3fQLCCvffjehVivaQKD/UnKVfz6Yfg5Us=";
  };

  dontConfigure = true;
  makeFlags = [ "PREFIX=${placeholder "out"}" ];

  meta = {
    description = "Extremely fast compression algorithm";
    homepage = "https://lz4.github.io/lz4/";
    license = lib.licenses.bsd2;
    mainProgram = "lz4";
    platforms = lib.platforms.linux;
  };
})
