{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gawk";
  version = "5.2.1";

  src = fetchurl {
    url = "mirror://debian/pool/main/g/gawk/gawk_${finalAttrs.version}.orig.tar.xz";
    hash = "sha256-IzegKDsYDsG5xyeXOjR4HGR4s66by9zKCk3EmGHXWmU=";
  };

  # Debian leaves the manual out, and what is made of it is there already.
  makeFlags = [ "INFO_DEPS=" ];
  postPatch = "touch -d @0 doc/gawktexi.in doc/gawkinet.texi";

  meta = {
    description = "GNU implementation of the Awk programming language";
    homepage = "https://www.gnu.org/software/gawk/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "gawk";
    platforms = lib.platforms.linux;
  };
})
