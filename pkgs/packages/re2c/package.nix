{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "re2c";
  version = "3.0";

  src = fetchurl {
    urls = [
      "https://github.com/skvadrik/re2c/releases/download/${finalAttrs.version}/re2c-${finalAttrs.version}.tar.xz"
      "mirror://debian/pool/main/r/re2c/re2c_${finalAttrs.version}.orig.tar.xz"
    ];
    hash = "sha256-s7q7uxRh4T/iLGMKQMQ4he/Pu7tYWDDG9MDXkc+Cugs=";
  };

  meta = {
    description = "Makes fast and flexible lexers";
    homepage = "https://re2c.org";
    license = lib.licenses.publicDomain;
    mainProgram = "re2c";
    platforms = lib.platforms.linux;
  };
})
