{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "pv";
  version = "1.6.20";

  src = fetchurl {
    urls = [
      "https://www.ivarch.com/programs/sources/pv-${finalAttrs.version}.tar.bz2"
      "mirror://debian/pool/main/p/pv/pv_${finalAttrs.version}.orig.tar.bz2"
    ];
    hash = "sha256-6DGVHv8HGPupse8oYSh3O50Ocj4fv66I1aMYiBT9xgM=";
  };

  meta = {
    description = "Shows how data goes through a pipeline";
    homepage = "https://www.ivarch.com/programs/pv.shtml";
    license = lib.licenses.artistic2;
    mainProgram = "pv";
    platforms = lib.platforms.linux;
  };
})
