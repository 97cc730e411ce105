{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gawk";
  version = "5.2.1";

  src = fetchurl {
    urls = [
      "mirror://gnu/gawk/gawk-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/g/gawk/gawk_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-IzegKDsYDsG5xyeXOjR4HGR4s66by9zKCk3EmGHXWmU=";
  };

  # Debian leaves the manual out.
  makeFlags = [ "INFO_DEPS=" ];

  meta = {
    description = "GNU implementation of the Awk programming language";
    homepage = "https://www.gnu.org/software/gawk/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "gawk";
    platforms = lib.platforms.linux;
  };
})
