{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "gzip";
  version = "1.12";

  src = fetchurl {
    urls = [
      "mirror://gnu/gzip/gzip-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/g/gzip/gzip_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-zl4D5Rn2N+H4FAEazjXE+HszwLur7sNbr1+9NHnpGVY=";
  };

  meta = {
    description = "Compression program";
    homepage = "https://www.gnu.org/software/gzip/";
    license = lib.licenses.gpl3Plus;
    mainProgram = "gzip";
    platforms = lib.platforms.linux;
  };
})
