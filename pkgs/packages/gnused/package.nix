{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gnused";
  version = "4.9";

  src = fetchurl {
    urls = [
      "mirror://gnu/sed/sed-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/s/sed/sed_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-biJrcy4c1zlGStaGK9Ghq6QteYKSLaelNRljHSSXUYE=";
  };

  meta = {
    description = "Stream editor that filters and transforms text";
    homepage = "https://www.gnu.org/software/sed/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "sed";
    platforms = lib.platforms.linux;
  };
})
