{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "attr";
  version = "2.5.1";

  src = fetchurl {
    urls = [
      "mirror://savannah/attr/attr-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/a/attr/attr_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-20SKYm+TE6GpcNY2dnMWqNoyrt5wUYuAUPoN55R63DI=";
  };

  meta = {
    description = "Library and tools for extended attributes";
    homepage = "https://savannah.nongnu.org/projects/attr/";
    license = lib.licenses.gpl2Plus;
    platforms = lib.platforms.linux;
  };
})
