{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "zlib";
  version = "1.2.13";

  src = fetchurl {
    url = "mirror://debian/pool/main/z/zlib/zlib_1.2.13.dfsg.orig.tar.bz2";
    hash = "sha256-cf63lH48AO8SX4O3mk5Sm94xFx5bq+SLOR8GdY0asKE=";
  };

  outputs = [
    "out"
    "dev"
  ];
  setOutputFlags = false;
  configureFlags = [ "--includedir=${placeholder "dev"}/include" ];
  dontDisableStatic = true;
  dontAddStaticConfigureFlags = true;

  meta = {
    description = "Lossless data-compression library";
    homepage = "https://zlib.net";
    license = lib.licenses.zlib;
    platforms = lib.platforms.linux;
  };
})
