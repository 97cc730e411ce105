{
  lib,
  stdenv,
  fetchurl,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "ragel";
  version = "6.10";

  src = fetchurl {
    urls = [
      "https://www.colm.net/files/ragel/ragel-${finalAttrs.version}.tar.gz"
      "mirror://debian/pool/main/r/ragel/ragel_${finalAttrs.version}.orig.tar.gz"
    ];
    hash = "sha256-XxVu22XSC4VtY43Z7i37QyhZFNmqK27HedrAJwzVbD8=";
  };

  meta = {
    description = "State machine compiler";
    homepage = "https://www.colm.net/open-source/ragel/";
    license = lib.licenses.gpl2Plus;
    mainProgram = "ragel";
    platforms = lib.platforms.linux;
  };
})
