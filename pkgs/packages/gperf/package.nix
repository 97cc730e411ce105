{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gperf";
  version = "3.1";

  src = fetchurl {
    url = "mirror://debian/pool/main/g/gperf/gperf_${finalAttrs.version}.orig.tar.gz";
    hash = "sha256-H4iBm3gYc1Dn5sokteFcv0CDZZdzUI0/AYubUl6dHLg=";
  };

  meta = {
    description = "Makes perfect hash functions";
    homepage = "https://www.gnu.org/software/gperf/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "gperf";
    platforms = lib.platforms.linux;
  };
})
