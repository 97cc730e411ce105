{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "zstd";
  version = "1.5.4";

  src = fetchurl {
    url = "mirror://debian/pool/main/libz/libzstd/libzstd_1.5.4+dfsg2.orig.tar.xz";
    hash = "sha256-jPS7tl537DSNBSyNYjDrpm1DW932TItb4vyxaIDBmVM=";
  };

  dontConfigure = true;
  makeFlags = [
    "PREFIX=${placeholder "out"}"
    "ZSTD_LEGACY_SUPPORT=0"
  ];

  meta = {
    description = "Zstandard real-time compression algorithm";
    homepage = "https://facebook.github.io/zstd/";
    license = lib.licenses.bsd3;
    mainProgram = "zstd";
    platforms = lib.platforms.linux;
  };
})
