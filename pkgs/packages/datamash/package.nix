{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "datamash";
  version = "1.7";

  src = fetchurl {
    urls = [
      "mirror://gnu/datamash/datamash-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/d/datamash/datamash_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-V0pZK7kMWucC/67RtZSY1ePnRmqKv4UwxfLz8R+krbM=";
  };

  meta = {
    description = "Numeric, textual and statistical operations on the command line";
    homepage = "https://www.gnu.org/software/datamash/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "datamash";
    platforms = lib.platforms.linux;
  };
})
